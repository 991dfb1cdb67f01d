import CNI

extension Check {
  /// Rules that two programs keep apart, and the kernel does not.
  static let legacyIptables = Check(name: "iptables-legacy", group: .others) { node in
    node.firewall.outcome { firewall in
      if let table = firewall.unreadable.first(where: { $0.table.hasSuffix("-legacy") }) {
        return .unknown("rules of \(table.table): \(table.why)")
      }
      let legacy = firewall.tables.filter { $0.owner == .iptablesLegacy && $0.hasRules }
      if legacy.isEmpty { return .fine("there are no rules of iptables-legacy") }
      let beside = firewall.tables.contains { $0.owner != .iptablesLegacy && $0.hasRules }
      let finding = NodeFinding(
        beside ? .warning : .note, "iptables-legacy-beside-nft",
        what: "there are rules of \(legacy.map(\.title).joined(separator: ", "))"
          + (beside ? ", and of nftables beside" : ""),
        why: """
          the kernel asks both of every packet, but each program lists, saves and flushes its own only: \
          one that was meant to be replaced goes on working
          """,
        fix: Fix(
          """
          find who uses iptables-legacy, have them use iptables-nft (update-alternatives --set iptables \
          /usr/sbin/iptables-nft), and flush what they leave
          """))
      return .found([finding])
    }
  }
}
