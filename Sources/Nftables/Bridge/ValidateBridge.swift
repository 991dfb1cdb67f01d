import NetSets

extension BridgeTable {
  /// Why nft would refuse this table, or list it differently; empty for what we generate.
  package var problems: [String] {
    var check = TableCheck(Table(family: .ipv4, name: name, comment: comment))
    check.run()
    var problems = check.problems
    for port in Set(ports + senders.map(\.port) + targets.map(\.port)) where !Self.isPort(port) {
      problems.append("\(port) is no name of a port")
    }
    for target in targets where target.address.family != .ipv6 {
      problems.append("\(target.address) is no address of IPv6, and cannot be advertised")
    }
    // A rule that leads back to where it stands has the kernel go in a circle.
    for chain in [BridgeChain.port, .target] where rules(of: chain).contains(.lookAtPorts) {
      problems.append("chain \(chain.rawValue) leads back to itself")
    }
    if rules(of: .target).contains(.lookAtTarget) {
      problems.append("chain \(BridgeChain.target.rawValue) leads back to itself")
    }
    return problems
  }

  private var targets: [(port: String, address: IPAddress)] {
    rules.values.joined().compactMap {
      if case .returnTarget(let port, let address) = $0 { (port, address) } else { nil }
    }
  }
}
