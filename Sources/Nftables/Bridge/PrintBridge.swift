import NetSets

extension BridgeTable {
  /// Text for `nft -f`, whether or not the table exists.
  package var text: String { "add table bridge \(name)\ndelete table bridge \(name)\n\(listing)" }

  /// What `nft -s list table` prints once the table is loaded, to the byte. Measured with nft 1.0.6.
  package var listing: String {
    var buffer = TextBuffer()
    buffer.write("table bridge \(name) {\n")
    if let comment { buffer.write("\tcomment \"\(comment)\"\n") }
    buffer.write("\tcounter \(Self.counter.name) {\n")
    if let comment = Self.counter.comment { buffer.write("\t\tcomment \"\(comment)\"\n") }
    buffer.write("\t}\n")
    buffer.write(set: Self.portSet, "ifname", Self.portSetComment, ports.map { "\"\($0)\"" })
    for family in IPFamily.allCases {
      buffer.write(
        set: Self.senderSet(family), "ifname . ether_addr . \(family.addressType)",
        Self.senderSetComment(family),
        senders.filter { $0.address.family == family }.map(\.text))
    }
    for chain in BridgeChain.allCases {
      buffer.write("\n\tchain \(chain.rawValue) {\n\t\tcomment \"\(chain.comment)\"\n")
      if chain == .hook {
        buffer.write("\t\ttype filter hook prerouting priority filter; policy accept;\n")
      }
      for rule in rules(of: chain) { buffer.write("\t\t\(rule.text)\n") }
      buffer.write("\t}\n")
    }
    buffer.write("}\n")
    return buffer.text
  }
}

extension TextBuffer {
  fileprivate mutating func write(
    set name: String, _ type: String, _ comment: String, _ elements: [String]
  ) {
    write("\n\tset \(name) {\n\t\ttype \(type)\n\t\tcomment \"\(comment)\"\n")
    if !elements.isEmpty {
      write("\t\telements = { \(elements.joined(separator: ",\n\t\t\t     ")) }\n")
    }
    write("\t}\n")
  }
}

extension SenderKey {
  package var text: String { "\"\(port)\" . \(hardware) . \(address)" }
}

extension BridgeRule {
  /// The rule as nft lists it.
  package var text: String {
    let ip = BridgeTable.senderSet(.ipv4)
    let ip6 = BridgeTable.senderSet(.ipv6)
    let drop = "counter name \"\(BridgeTable.counter.name)\" drop"
    return switch self {
    case .lookAtPorts: "iifname @\(BridgeTable.portSet) goto \(BridgeChain.port.rawValue)"
    case .dropTagged(let type): "ether type \(type == .customer ? "8021q" : "8021ad") \(drop)"
    case .acceptOwnIPv4: "iifname . ether saddr . ip saddr @\(ip) accept"
    case .acceptOwnARP:
      "iifname . ether saddr . arp saddr ip @\(ip) "
        + "iifname . arp saddr ether . arp saddr ip @\(ip) accept"
    case .dropMessage(let message):
      "icmpv6 type \(Names.icmpv6Types[message.rawValue] ?? "\(message.rawValue)") \(drop)"
    case .lookAtTarget: "icmpv6 type nd-neighbor-advert jump \(BridgeChain.target.rawValue)"
    case .acceptOwnIPv6: "iifname . ether saddr . ip6 saddr @\(ip6) accept"
    case .returnTarget(let port, let address):
      "iifname \"\(port)\" @th,64,128 0x\(String(address.bits, radix: 16)) return"
    case .drop: drop
    }
  }

  /// Those that are about no pod in particular.
  package static let fixed: [BridgeRule] =
    [.lookAtPorts] + VLANType.allCases.map { .dropTagged($0) } + [.acceptOwnIPv4, .acceptOwnARP]
    + NeighborMessage.allCases.map { .dropMessage($0) } + [.lookAtTarget, .acceptOwnIPv6, .drop]
}
