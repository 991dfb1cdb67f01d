import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// A graph to the ruleset of its node: one table a family, each with what its local pods need.
package func lower(
  _ graph: PolicyGraph, _ options: NftablesOptions
) -> (ruleset: Ruleset, sources: SourceMap) {
  var sources = SourceMap()
  let tables = IPFamily.allCases.map { family in
    var lowering = TableLowering(graph, family, options)
    let table = lowering.table()
    for entry in lowering.sources.entries { sources.add(entry) }
    return table
  }
  let bridge = options.antiSpoofing?.bridged.map {
    BridgeTable($0, comment: options.tableComment)
  }
  return (Ruleset(tables: tables, bridge: bridge), sources)
}

extension NftablesOptions {
  fileprivate var tableComment: String {
    Comments.identity("netpolc schema=1\(node.map { " node=\($0)" } ?? "")")
  }
}

/// Builds one table: the dispatch maps, a chain a group, a chain a policy and direction, and the
/// sets that their rules name.
struct TableLowering {
  let graph: PolicyGraph
  let family: IPFamily
  let options: NftablesOptions
  var names = Names()
  var sets: SetTable
  /// The local endpoints that each subject selects.
  let localSubjects: [PodSelector: [Int]]
  var chains: [Chain] = []
  var sources = SourceMap()
  /// The graph's groups that a local pod with an address of this family is in. Their names depend
  /// on policies only, so that a pod that comes or goes renames nothing.
  private var groupNames: [PolicyGroup.ID: String] = [:]

  init(_ graph: PolicyGraph, _ family: IPFamily, _ options: NftablesOptions) {
    self.graph = graph
    self.family = family
    self.options = options
    let local = LocalPart(graph, family)
    localSubjects = local.subjects
    for id in local.groups.sorted() {
      let group = graph.groups[id]
      groupNames[id] = names.hashed(
        group.direction == .ingress ? "gi-" : "ge-", graph.identity(of: group))
    }
    sets = SetTable(
      graph: graph, family: family, used: local.peerSets, limit: options.setLimit)
  }

  mutating func table() -> Table {
    let maps = Direction.allCases.map { dispatch($0) }
    for direction in Direction.allCases { addPolicyChains(direction) }
    for direction in Direction.allCases { addGroupChains(direction) }
    let masquerade = options.masquerade.flatMap { MasqueradeLowering($0, family).objects() }
    let spoofing = options.antiSpoofing?.routedChain
    return Table(
      family: family, name: Names.table, comment: options.tableComment,
      counters: Static.counters(graph.enforcement)
        + (spoofing == nil ? [] : [AntiSpoofing.counter]), maps: maps,
      sets: sets.emitted + [Static.dropSet] + (masquerade?.sets ?? []),
      chains: Static.hooks(family, graph.enforcement)
        + [spoofing, masquerade?.chain].compactMap(\.self)
        + Static.shared(family, graph.enforcement, options)
        + chains)
  }

  private func addresses(of endpoint: Endpoint) -> [IPAddress] {
    endpoint.addresses.filter { $0.family == family }
  }

  /// The map from a local pod's address to what decides about it.
  private func dispatch(_ direction: Direction) -> VerdictMap {
    var elements: [VerdictElement] = []
    for endpoint in graph.endpoints where endpoint.isLocal {
      guard let verdict = verdict(for: endpoint, direction) else { continue }
      let comment = Comments.identity(endpoint.reference.qualifiedName)
      for address in addresses(of: endpoint) {
        elements.append(VerdictElement(address: address, comment: comment, verdict: verdict))
      }
    }
    let side = direction == .ingress ? "ingress" : "egress"
    return VerdictMap(
      name: Static.map(direction), comment: "isolated local pod -> \(side) group",
      elements: elements)
  }

  private func verdict(for endpoint: Endpoint, _ direction: Direction) -> Nftables.Verdict? {
    if let group = endpoint.group(direction), let name = groupNames[group] { return .goto(name) }
    let other: Direction = direction == .ingress ? .egress : .ingress
    if endpoint.group(other) != nil { return .goto(Static.open) }
    // Under --fail-closed an address without an element is denied.
    return graph.enforcement.closedRanges.isEmpty ? nil : .accept
  }

  private mutating func addPolicyChains(_ direction: Direction) {
    let used = Set(
      groupNames.keys.flatMap { id in
        graph.groups[id].direction == direction ? graph.groups[id].policies : []
      })
    for index in used.sorted() where isAdditive(graph.policies[index].tier) {
      let policy = graph.policies[index]
      var chain = ChainBuilder(
        name: Names.policy(policy, direction),
        comment: Comments.identity(policy.reference.description))
      for edge in policy.edges(direction) ?? [] {
        lower(edge, of: policy, direction, verdict: .accept, into: &chain)
      }
      add(chain)
    }
  }

  private mutating func addGroupChains(_ direction: Direction) {
    let ids = groupNames.filter { graph.groups[$0.key].direction == direction }
    for (id, name) in ids.sorted(by: { $0.value < $1.value }) {
      let tiers = graph.tiers(of: graph.groups[id])
      for (position, tier) in tiers.enumerated() {
        let next = position + 1 < tiers.count ? tiers[position + 1].tier.name : nil
        addTierChain(
          name: position == 0 ? name : "\(name)/\(tier.tier.name)", isFirst: position == 0,
          tier: tier.tier, policies: tier.policies.map { graph.policies[$0] },
          passing: next.map { .goto("\(name)/\($0)") } ?? .accept, direction)
      }
    }
  }

  /// One tier of a group: its policies, then what the tier does with the rest.
  private mutating func addTierChain(
    name: String, isFirst: Bool, tier: Tier, policies: [GraphPolicy], passing: Nftables.Verdict,
    _ direction: Direction
  ) {
    let list = policies.map(\.reference.qualifiedName).joined(separator: ", ")
    var chain = ChainBuilder(name: name, comment: Comments.identity(list))
    if isFirst { chain.rules.append(Rule([], [], .jump(Static.new))) }
    let deny = Nftables.Verdict.goto(Static.deny(direction))
    for policy in policies {
      if isAdditive(tier) {
        chain.rules.append(Rule([], [], .jump(Names.policy(policy, direction))))
        continue
      }
      for edge in policy.edges(direction) ?? [] {
        let verdict =
          switch edge.action {
          case .allow: Nftables.Verdict.accept
          case .deny: deny
          case .pass: passing
          }
        lower(edge, of: policy, direction, verdict: verdict, into: &chain)
      }
    }
    switch tier.atEnd {
    case .deny:
      chain.rules.append(
        Rule([], [.counter], deny, comment: Comments.isolation(by: policies, direction)))
    case .pass: chain.rules.append(Rule([], [], passing))
    }
    add(chain)
  }

  /// Whether the tier's rules only allow, so that their order is nothing and groups can share
  /// their chains.
  private func isAdditive(_ tier: Tier) -> Bool { tier == .networkPolicy }

  private mutating func add(_ builder: ChainBuilder) {
    for chain in builder.chains { chains.append(chain) }
    for (chain, rule, provenance, port) in builder.origins {
      sources.add(
        SourceMap.Entry(
          family: family, chain: chain, rule: rule, provenance: provenance, port: port))
    }
  }
}
