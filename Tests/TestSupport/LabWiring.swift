import NetSets

/// The `ip -batch` scripts that connect the hosts to the node.
///
/// Nothing is left to be resolved when the first packet is sent: hardware addresses follow from a
/// host's number, and every neighbour is entered for good. A host has its addresses with full
/// prefix length and reaches everything by a gateway address that exists in its neighbour table
/// alone.
struct LabWiring {
  let hosts: [LabHost]
  let nodeAddresses: [IPAddress]

  static let hostInterface = "eth0"
  static let bridge = "br0"

  /// The node's end of a host's link.
  static func nodeInterface(_ number: Int) -> String { "veth\(number)" }

  var hasBridge: Bool { hosts.contains { $0.attachment == .bridged } }

  /// What makes the node: links, their far ends put into the namespaces at `paths`, and routes.
  func nodeScript(paths: [String]) -> [String] {
    var lines = ["link set dev lo up"]
    lines += nodeAddresses.map { address($0, on: "lo") }
    if hasBridge {
      lines += [
        """
        link add name \(LabWiring.bridge) address \(LabWiring.bridgeHardwareAddress) \
        type bridge stp_state 0 forward_delay 0 mcast_snooping 0
        """,
        "link set dev \(LabWiring.bridge) up",
      ]
    }
    for (number, host) in hosts.enumerated() {
      let link = LabWiring.nodeInterface(number)
      lines.append(
        """
        link add name \(link) address \(nodeHardwareAddress(number)) \
        type veth peer name \(LabWiring.hostInterface) \
        address \(hostHardwareAddress(number)) netns \(paths[number])
        """)
      if host.attachment == .bridged {
        lines.append("link set dev \(link) master \(LabWiring.bridge)")
      }
      lines.append("link set dev \(link) up")
      let device = host.attachment == .bridged ? LabWiring.bridge : link
      for address in host.addresses {
        let source = nodeAddresses.first { $0.family == address.family }
        lines += [
          "route add \(prefix(address)) dev \(device)" + (source.map { " src \($0)" } ?? ""),
          neighbour(address, hostHardwareAddress(number), on: device),
        ]
      }
    }
    return lines
  }

  /// What makes a host.
  func hostScript(_ number: Int) -> [String] {
    let host = hosts[number]
    let device = LabWiring.hostInterface
    var lines = ["link set dev lo up", "link set dev \(device) up"]
    lines += host.addresses.map { address($0, on: device) }
    if host.attachment == .bridged {
      for (other, neighbourHost) in hosts.enumerated()
      where other != number && neighbourHost.attachment == .bridged {
        for address in neighbourHost.addresses {
          guard let source = host.addresses.first(where: { $0.family == address.family }) else {
            continue
          }
          lines += [
            "route add \(prefix(address)) dev \(device) src \(source)",
            neighbour(address, hostHardwareAddress(other), on: device),
          ]
        }
      }
    }
    let router =
      host.attachment == .bridged
      ? LabWiring.bridgeHardwareAddress : nodeHardwareAddress(number)
    if let source = host.addresses.first(where: { $0.family == .ipv4 }) {
      lines += [
        "route add 169.254.1.1 dev \(device) scope link",
        "neigh add 169.254.1.1 lladdr \(router) dev \(device) nud permanent",
        "route add default via 169.254.1.1 dev \(device) src \(source)",
      ]
    }
    if let source = host.addresses.first(where: { $0.family == .ipv6 }) {
      lines += [
        "neigh add fe80::1 lladdr \(router) dev \(device) nud permanent",
        "route add default via fe80::1 dev \(device) src \(source)",
      ]
    }
    return lines
  }

  private func address(_ address: IPAddress, on device: String) -> String {
    "address add \(prefix(address)) dev \(device)" + (address.family == .ipv6 ? " nodad" : "")
  }

  private func neighbour(
    _ address: IPAddress, _ hardwareAddress: String, on device: String
  ) -> String { "neigh add \(address) lladdr \(hardwareAddress) dev \(device) nud permanent" }

  private func prefix(_ address: IPAddress) -> String { "\(address)/\(address.family.width)" }

  // Locally administered, and told apart by the second byte.
  private static let bridgeHardwareAddress = "02:bb:00:00:00:00"
  private func nodeHardwareAddress(_ number: Int) -> String { hardwareAddress("aa", number) }
  private func hostHardwareAddress(_ number: Int) -> String { hardwareAddress("cc", number) }
  private func hardwareAddress(_ kind: String, _ number: Int) -> String {
    func hex(_ byte: Int) -> String { String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }
    return "02:\(kind):00:00:\(hex(number >> 8 & 255)):\(hex(number & 255))"
  }
}
