import Diagnostics
import Iptables
import NetSets
import PolicyModel

/// A graph to the chains and sets of its node's iptables and ip6tables.
package func lower(
  _ graph: PolicyGraph, _ options: IptablesOptions
) -> (filter: PacketFilter, sources: SourceMap) {
  var sources = SourceMap()
  var sets: [IPSet] = []
  let tables = IPFamily.allCases.map { family in
    var lowering = FilterLowering(graph, family, options)
    let table = lowering.table()
    for entry in lowering.sources.entries { sources.add(entry) }
    sets += lowering.sets.emitted
    return table
  }
  let translations = IPFamily.allCases.compactMap { family in
    options.masquerade.flatMap { NATLowering($0, family).objects() }
  }
  return (
    PacketFilter(
      sets: sets + translations.flatMap(\.sets), tables: tables + translations.map(\.table)),
    sources
  )
}

/// Builds one family's part: the dispatch by pod, and a chain a group with the rules of all its
/// policies. Those stand in the group's chain itself, since what allows has to `RETURN` from it,
/// and from a policy's own chain would come back to it.
struct FilterLowering {
  let graph: PolicyGraph
  let family: IPFamily
  let options: IptablesOptions
  let local: LocalPart
  var sets: FamilySets
  var chains: [Chain] = []
  var sources = SourceMap()
  var names = Names()
  private var groupNames: [PolicyGroup.ID: String] = [:]

  init(_ graph: PolicyGraph, _ family: IPFamily, _ options: IptablesOptions) {
    self.graph = graph
    self.family = family
    self.options = options
    local = LocalPart(graph, family)
    sets = FamilySets(graph, family, local, limit: options.setLimit)
    for id in local.groups.sorted() {
      let group = graph.groups[id]
      groupNames[id] = names.hashed(
        StaticFilter.group(group.direction), graph.identity(of: group))
    }
  }

  mutating func table() -> OwnTable {
    let enforcement = graph.enforcement
    chains = StaticFilter.shared(family, enforcement, options)
    for direction in Direction.allCases {
      addDispatch(
        StaticFilter.dispatch(direction), direction, beginning: [], closed: closed(direction))
    }
    if enforcement.policesOwnNode {
      // Not closed: the node reaches itself by its own addresses in the pods' range.
      addDispatch(
        StaticFilter.input, .egress, beginning: [StaticFilter.established], closed: [])
    }
    for direction in Direction.allCases { addGroupChains(direction) }
    return OwnTable(
      family: family, entrances: StaticFilter.entrances(enforcement), chains: chains)
  }

  /// Rules for addresses of the node's ranges that no known pod has.
  private func closed(_ direction: Direction) -> [Rule] {
    graph.enforcement.closedRanges.filter { $0.family == family }.map { prefix in
      Rule(
        [.address(StaticFilter.subjectField(direction), prefix)], .goto(StaticFilter.unknown))
    }
  }

  private mutating func addDispatch(
    _ name: String, _ direction: Direction, beginning: [Rule], closed: [Rule]
  ) {
    var pods: [DispatchTree.Pod] = []
    for endpoint in graph.endpoints where endpoint.isLocal {
      guard let target = target(for: endpoint, direction) else { continue }
      let comment = Comments.identity(endpoint.reference.qualifiedName)
      for address in endpoint.addresses where address.family == family {
        pods.append(DispatchTree.Pod(address: address, target: target, comment: comment))
      }
    }
    var tree = DispatchTree(
      field: StaticFilter.subjectField(direction), beginning: beginning, closed: closed,
      names: names)
    chains += tree.chains(name, pods)
    names = tree.names
  }

  private func target(for endpoint: Endpoint, _ direction: Direction) -> Target? {
    let isIsolatedOtherwise = graph.isolates(endpoint, direction.opposite)
    if let group = endpoint.group(direction), let name = groupNames[group] {
      return .goto(
        isIsolatedOtherwise && !graph.isolates(graph.groups[group])
          ? StaticFilter.groupOfIsolatedOtherwise(name) : name)
    }
    if isIsolatedOtherwise { return .goto(StaticFilter.new) }
    // Under --fail-closed an address without a rule is denied.
    return graph.enforcement.closedRanges.isEmpty ? nil : .return
  }

  private mutating func addGroupChains(_ direction: Direction) {
    let ids = groupNames.filter { graph.groups[$0.key].direction == direction }
    for (id, name) in ids.sorted(by: { $0.value < $1.value }) {
      let tiers = graph.tiers(of: graph.groups[id])
      let isolates = graph.isolates(graph.groups[id])
      func tierName(_ position: Int) -> String { position == 0 ? name : "\(name)-\(position)" }
      for (position, tier) in tiers.enumerated() {
        addTierChain(
          name: tierName(position), checksNew: position == 0 && isolates, tier.tier,
          tier.policies.map { graph.policies[$0] },
          passing: position + 1 < tiers.count ? .goto(tierName(position + 1)) : .return, direction)
      }
      if !isolates {
        chains.append(
          Chain(
            name: StaticFilter.groupOfIsolatedOtherwise(name),
            rules: [Rule([], .jump(StaticFilter.new)), Rule([], .goto(name))]))
      }
    }
  }

  /// One tier of a group: its policies' rules, then what the tier does with the rest.
  private mutating func addTierChain(
    name: String, checksNew: Bool, _ tier: Tier, _ policies: [GraphPolicy], passing: Target,
    _ direction: Direction
  ) {
    var list = RuleList(name: name)
    if checksNew { list.add([], .jump(StaticFilter.new)) }
    let deny = Target.goto(StaticFilter.deny(direction))
    for policy in policies {
      for edge in policy.edges(direction) ?? [] {
        let target: Target =
          switch edge.action {
          case .allow: .return
          case .deny: deny
          case .pass: passing
          }
        lower(edge, of: policy, direction, target, into: &list)
      }
    }
    switch tier.atEnd {
    case .deny: list.add([], deny, comment: Comments.isolation(by: policies, direction))
    case .pass: list.add([], passing)
    case .audit:
      for rule in StaticFilter.exempting(family)
        + StaticFilter.logging(.audited(direction), options)
      {
        list.add(rule.matches, rule.target)
      }
      // Its own counter says how many.
      list.add([], passing, comment: Comments.audit(by: policies, direction))
    }
    chains.append(list.chain)
    for (rule, provenance, port) in list.origins {
      sources.add(
        SourceMap.Entry(
          family: family, chain: name, rule: rule, provenance: provenance, port: port))
    }
  }
}
