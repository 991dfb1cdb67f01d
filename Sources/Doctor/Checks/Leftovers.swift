import CNI
import NetSets

/// Somebody who enforces policies, and what they leave on a node.
private struct Enforcer {
  let name: String
  let code: String
  let chains: [String]
  let links: [String]
  /// Names of nftables' tables, without the family.
  let tables: [String]
  /// The network that it belongs to, under which it is no leftover.
  let profile: CNIProfile?
  let cleaning: String
}

private let enforcers = [
  Enforcer(
    name: "kube-router", code: "leftovers-kube-router",
    chains: ["KUBE-ROUTER-", "KUBE-POD-FW-", "KUBE-NWPLCY-"], links: [],
    tables: ["kube-router-filter-ipv4", "kube-router-filter-ipv6"], profile: nil,
    cleaning: """
      kube-router --cleanup-config on the node does it as well, and K3s has its own left out by \
      --disable-network-policy
      """),
  Enforcer(
    name: "Calico", code: "leftovers-calico", chains: ["cali-"], links: ["cali", "vxlan.calico"],
    tables: ["calico"], profile: .calico,
    cleaning: "remove calico-node first, or it makes them anew"),
  Enforcer(
    name: "Cilium", code: "leftovers-cilium", chains: ["CILIUM_", "OLD_CILIUM_"],
    links: ["cilium_", "lxc"], tables: [], profile: .cilium,
    cleaning: "remove the agent first; cilium-dbg post-uninstall-cleanup does it as well"),
  Enforcer(
    name: "kube-network-policies", code: "leftovers-kube-network-policies", chains: [], links: [],
    tables: ["kube-network-policies"], profile: nil,
    cleaning: "remove its DaemonSet first, or it makes them anew"),
  Enforcer(
    name: "kindnet", code: "leftovers-kindnet", chains: [], links: [],
    tables: ["kindnet-network-policies"], profile: .kindnet,
    cleaning: "remove its DaemonSet first, or it makes them anew"),
]

extension Check {
  /// Rules and links of others who enforce policies, running or gone.
  static let leftovers = Check(name: "leftovers", group: .others) { node in
    node.firewall.outcome { firewall in
      let links = node.network.links.value?.map(\.name) ?? []
      let findings = enforcers.compactMap { enforcer in finding(enforcer, firewall, links, node) }
      return .of(findings, else: "nobody else enforces policies here")
    }
  }
}

private func finding(
  _ enforcer: Enforcer, _ firewall: Firewall, _ links: [String], _ node: Node
) -> NodeFinding? {
  func isTheirs(_ name: String) -> Bool { enforcer.chains.contains { name.hasPrefix($0) } }
  let chains = Set(firewall.chainNames.filter(isTheirs)).sorted()
  let links = links.filter { name in enforcer.links.contains { name.hasPrefix($0) } }
  let tables = firewall.tableNames.filter { name in
    enforcer.tables.contains { name.split(separator: " ").last.map(String.init) == $0 }
  }
  let seen = count(chains, "chain") + count(links, "link") + count(tables, "table")
  if seen.isEmpty { return nil }
  if let profile = enforcer.profile, node.profile == profile {
    return NodeFinding(
      .note, "enforced-by-network",
      what: "\(enforcer.name) enforces policies here as well: \(seen.joined(separator: ", "))",
      why: "what one of both denies does not pass, and only its own tools say why",
      fix: Fix("switch its enforcement off if netpolc is to decide alone"))
  }
  let rules = firewall.tables.filter { $0.owner != .nftables }.flatMap { table in
    removal(of: isTheirs, table)
  }
  let commands =
    rules + tables.map { .inNamespace("nft delete table \(words($0))") }
    // Of a pair, the second goes with the first.
    + links.map { .inNamespace("ip link delete \(shellWord($0)) || :") }
  return NodeFinding(
    .warning, enforcer.code,
    what: "\(enforcer.name) enforces policies here, or did: \(seen.joined(separator: ", "))",
    why: """
      what it last enforced still decides beside netpolc: what policy allows now may be dropped by \
      rules that nobody keeps up to date
      """,
    fix: Fix("remove it; \(enforcer.cleaning)", commands))
}

private func words(_ text: String) -> String {
  text.split(separator: " ").map { shellWord(String($0)) }.joined(separator: " ")
}

/// `3 chains, such as cali-FORWARD`.
private func count(_ names: [String], _ what: String) -> [String] {
  guard let first = names.first else { return [] }
  return ["\(names.count) \(what)\(names.count == 1 ? " " : "s, such as ")\(first)"]
}

/// First the rules that lead to the chains, then what is in them, then the chains.
private func removal(
  of isTheirs: (String) -> Bool, _ table: ForeignTable
) -> [Fix.Command] {
  let theirs = table.chains.map(\.name).filter(isTheirs)
  if theirs.isEmpty { return [] }
  let family = table.families == [.ipv4] ? "iptables" : "ip6tables"
  let program = table.owner == .iptablesLegacy ? "\(family)-legacy" : "\(family)-nft"
  let start = "\(program) -t \(shellWord(table.name))"
  let leading = table.chains.filter { !isTheirs($0.name) }.flatMap(\.rules).filter { rule in
    switch rule.action {
    case .jump(let name), .goto(let name): isTheirs(name)
    default: false
    }
  }
  return leading.map { rule in
    let words = IptablesWords.split(rule.text).dropFirst().map(shellWord)
    return .inNamespace("\(start) -D \(words.joined(separator: " "))")
  }
    + theirs.map { .inNamespace("\(start) -F \(shellWord($0))") }
    + theirs.map { .inNamespace("\(start) -X \(shellWord($0))") }
}
