import CNI
import NetSets

extension Check {
  /// Whether somebody else drops what policy lets pass: our accept is not the last word.
  static let forwardDrop = Check(name: "forward-drop", group: .others) { node in
    node.firewall.outcome { firewall in
      let packets = PodPackets(node, firewall.tables)
      var findings: [NodeFinding] = []
      /// One finding a reason.
      func add(_ finding: NodeFinding) {
        if !findings.contains(where: { $0.what == finding.what }) { findings.append(finding) }
      }
      let known = packets.local + (packets.leaving + packets.arriving).filter(\.isKnown)
      for packet in known.isEmpty ? packets.unknown : known {
        let fate = firewall.tables.fateForwarding(packet)
        switch fate.kind {
        case .passes, .translated: continue
        case .dropped: add(dropped(packet, fate, node))
        case .unclear: add(unclear(packet, fate.reason))
        }
      }
      for table in firewall.unreadable where table.hook == .forward {
        add(notRead(table))
      }
      return .of(findings, else: "no other rule drops packets between pods")
    }
  }
}

private func dropped(_ packet: ProbePacket, _ fate: Fate, _ node: Node) -> NodeFinding {
  let fix: Fix
  if fate.reason.contains("firewalld") {
    fix = Fix(
      "have firewalld trust pods' addresses: firewall-cmd --permanent --zone=trusted "
        + "--add-source=CIDR, then firewall-cmd --reload")
  } else if let owner = fate.owner, fate.isPolicy, owner != .nftables {
    fix = accepting(packet.family, owner, node)
  } else {
    fix = Fix("accept packets between pods before \(fate.reason)")
  }
  return NodeFinding(
    .warning, "forward-dropped", what: "packets between pods are dropped by \(fate.reason)",
    why: """
      what policy allows must be let pass by everybody: an accept of netpolc ends its own chain only. \
      \(packet.text) does not get through
      """,
    fix: fix)
}

/// At the end of the chain: at its start they would be before what the iptables backend has there.
private func accepting(
  _ family: IPFamily, _ owner: ForeignTable.Owner, _ node: Node
) -> Fix {
  let tool = family == .ipv4 ? "iptables" : "ip6tables"
  let program = owner == .iptablesLegacy ? "\(tool)-legacy" : "\(tool)-nft"
  let pods = node.podNetworks.filter { $0.family == family }
  if pods.isEmpty {
    return Fix(
      "set the policy of FORWARD to ACCEPT", [.inNamespace("\(program) -P FORWARD ACCEPT")])
  }
  return Fix(
    "accept pods' addresses before the policy of FORWARD",
    pods.flatMap { prefix in
      ["-s", "-d"].map { .inNamespace("\(program) -A FORWARD \($0) \(prefix) -j ACCEPT") }
    })
}

private func unclear(_ packet: ProbePacket, _ reason: String) -> NodeFinding {
  NodeFinding(
    .note, "forward-unclear",
    what: "cannot tell whether packets between pods are dropped by \(reason)",
    why: """
      the rule, or one before it, tests or does something that is not modelled here; what policy \
      allows may not get through
      """,
    fix: Fix("let pods connect, such as with kubectl exec, and see whether it counts"))
}

private func notRead(_ table: Firewall.Unreadable) -> NodeFinding {
  NodeFinding(
    .note, "forward-unread",
    what: "the rules of table \(table.table) at the forward hook are not known: \(table.why)",
    why: "what policy allows may be dropped there",
    fix: Fix("install nft, and run netpolc doctor again"))
}
