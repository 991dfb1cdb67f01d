import CNI
import NetSets

extension Check {
  /// Whether somebody gives packets from pods to pods of other nodes another source.
  static let hiddenAddresses = Check(name: "masquerade", group: .others) { node in
    node.firewall.outcome { firewall in
      var hidden: [NodeFinding] = []
      var unclear = firewall.unreadable.filter { $0.hook == .postrouting }.map {
        "table \($0.table): \($0.why)"
      }
      func follow(_ tables: [ForeignTable]) {
        for packet in PodPackets(node, tables).leaving {
          let fate = tables.fateLeaving(packet)
          switch fate.kind {
          case .passes, .dropped: continue
          case .translated:
            if !hidden.contains(where: { $0.what.contains(fate.reason) }) {
              hidden.append(finding(packet, fate.reason, node))
            }
          case .unclear:
            let advice =
              packet.isKnown
              ? "" : "; which addresses pods have is not known here, say it with --cluster-cidr"
            let text = "cannot tell whether it applies: \(fate.reason)\(advice)"
            if !unclear.contains(text) { unclear.append(text) }
          }
        }
      }
      follow(firewall.tables)
      // On a node without pods, what the plugin does is still to come.
      if hidden.isEmpty, let coming = node.pluginMasquerade { follow(firewall.tables + [coming]) }
      guard unclear.isEmpty else {
        let unknown = unclear.joined(separator: "; ")
        return hidden.isEmpty ? .unknown(unknown) : .partly(hidden, unknown: unknown)
      }
      return .of(hidden, else: "pods keep their addresses on the way to other nodes' pods")
    }
  }
}

private func finding(_ packet: ProbePacket, _ reason: String, _ node: Node) -> NodeFinding {
  let family = packet.family
  let sources = node.podSubnets.filter { $0.family == family }
  let destinations = node.clusterPodNetworks.filter { $0.family == family }
  return NodeFinding(
    .error, "pod-address-hidden",
    what: """
      packets from pods to pods of other nodes leave with the node's address: \
      \(packet.text) is translated by \(reason)
      """,
    why: """
      rules on the other node see the node, not the pod: they refuse what a podSelector allows, and \
      an ipBlock that has the node lets in all of its pods
      """,
    fix: Fix(
      """
      keep pods' addresses by a binding that comes first, as netpolc apply does with --masq override \
      or own\(destinations.isEmpty ? " (--cluster-cidr has doctor say how)" : ""); or leave translation \
      to one that exempts all pods, which ipMasq of the bridge and ptp plugins does not
      """,
      sources.isEmpty || destinations.isEmpty
        ? [] : keeping(family, sources, destinations)))
}

/// A connection that has its own source bound to it is not given another (nf_nat_core.c, the first
/// chain of type nat that binds decides). At the priority of `srcnat`, or at kindnet's (`srcnat - 10`), it
/// would depend on who came first.
private func keeping(
  _ family: IPFamily, _ sources: [IPPrefix], _ destinations: [IPPrefix]
) -> [Fix.Command] {
  let ip = family == .ipv4 ? "ip" : "ip6"
  func set(_ prefixes: [IPPrefix]) -> String {
    "{ \(prefixes.map(\.description).joined(separator: ", ")) }"
  }
  let table = "\(ip) pod-addresses"
  return [
    "nft add table \(table)",
    "nft 'add chain \(table) postrouting { type nat hook postrouting priority srcnat - 20; }'",
    "nft flush chain \(table) postrouting",
    """
    nft 'add rule \(table) postrouting \(ip) saddr \(set(sources)) \(ip) daddr \
    \(set(destinations)) counter snat to \(ip) saddr'
    """,
  ].map { .inNamespace($0) }
}
