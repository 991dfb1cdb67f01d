import NetSets
import Nftables

/// A port of a bridge, and who is behind it.
package struct PortBinding: Hashable, Sendable {
  package let port: String
  package let hardware: HardwareAddress
  package let addresses: [IPAddress]

  package init(port: String, hardware: HardwareAddress, addresses: [IPAddress]) {
    self.port = port
    self.hardware = hardware
    self.addresses = addresses
  }

  /// What a pod may send by: its addresses, that of its link, and none, as who has no address yet.
  fileprivate var senders: [SenderKey] {
    let unspecified = IPFamily.allCases.map { IPAddress(family: $0, bits: 0) }
    return (addresses + [hardware.linkLocal] + unspecified).map {
      SenderKey(port: port, hardware: hardware, address: $0)
    }
  }

  /// The addresses that it may say are its own.
  fileprivate var targets: [BridgeRule] {
    (addresses.filter { $0.family == .ipv6 } + [hardware.linkLocal]).map {
      .returnTarget(port: port, $0)
    }
  }
}

extension BridgeTable {
  /// Lets in by the ports of pods what is from those pods, and nothing else.
  package init(_ bindings: [PortBinding], comment: String?) {
    var targets: [BridgeRule] = []
    for target in bindings.sorted(by: { $0.port < $1.port }).flatMap(\.targets)
    where !targets.contains(target) {
      targets.append(target)
    }
    self.init(
      name: Names.table, comment: comment, ports: bindings.map(\.port),
      senders: bindings.flatMap(\.senders),
      rules: [
        .hook: [.lookAtPorts],
        .port: VLANType.allCases.map { .dropTagged($0) } + [.acceptOwnIPv4, .acceptOwnARP]
          // What routers say of themselves, and whose address is where, is believed from any source.
          + NeighborMessage.allCases.map { .dropMessage($0) } + [.lookAtTarget, .acceptOwnIPv6]
          + [.drop],
        .target: targets + [.drop],
      ])
  }
}
