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
    let (table, entries) = lowerTable(graph, family, options)
    for entry in entries.entries { sources.add(entry) }
    return table
  }
  return (Ruleset(tables: tables, bridge: lowerBridge(options)), sources)
}

/// The table of family bridge, of which policies know nothing.
package func lowerBridge(_ options: NftablesOptions) -> BridgeTable? {
  options.antiSpoofing?.bridged.map { BridgeTable($0, comment: options.tableComment) }
}

extension NftablesOptions {
  package var tableComment: String {
    Comments.identity("netpolc schema=1\(node.map { " node=\($0)" } ?? "")")
  }
}

/// One table: the dispatch maps, a chain a group, a chain a policy and direction, and the sets that
/// their rules name.
private func lowerTable(
  _ graph: PolicyGraph, _ family: IPFamily, _ options: NftablesOptions
) -> (Table, SourceMap) {
  let local = LocalPart(graph, family)
  var sets = SetTable(graph: graph, family: family, local: local, limit: options.setLimit)
  var lowering = PolicyLowering(naming: sets.naming)
  let groups = local.groups.map { id in
    NamedGroup(
      id: id, group: graph.groups[id],
      name: lowering.naming.names.group(
        graph.groups[id].direction, graph.identity(of: graph.groups[id])))
  }.sorted { $0.name < $1.name }
  let names = Dictionary(groups.map { ($0.id, $0.name) }) { first, _ in first }
  let maps = Direction.allCases.map { direction in
    VerdictMap.dispatch(
      direction,
      elements: graph.endpoints.lazy.filter(\.isLocal).flatMap { endpoint in
        VerdictElement.dispatching(
          endpoint.reference, endpoint.addresses.filter { $0.family == family },
          group: endpoint.group(direction).flatMap { id in
            names[id].map {
              DispatchedGroup(name: $0, isolates: graph.isolates(graph.groups[id]))
            }
          },
          isIsolatedOtherwise: graph.isolates(endpoint, direction.opposite),
          isClosed: !graph.enforcement.closedRanges.isEmpty)
      })
  }
  var chains: [Chain] = []
  for direction in Direction.allCases {
    let used = Set(groups.filter { $0.group.direction == direction }.flatMap(\.group.policies))
    for index in used.sorted() { chains += lowering.chains(of: graph.policies[index], direction) }
  }
  for direction in Direction.allCases {
    for group in groups where group.group.direction == direction {
      let tiers = graph.tiers(of: group.group).map { tier in
        PolicyLowering.TierPart(tier: tier.tier, policies: tier.policies.map { graph.policies[$0] })
      }
      chains += lowering.chains(ofGroup: group.name, tiers, direction)
    }
  }
  sets.naming = lowering.naming
  let audited = Direction.allCases.filter { direction in
    groups.contains { group in
      group.group.direction == direction
        && group.group.policies.contains { graph.policies[$0].tier.isAudited }
    }
  }
  let fixed = FixedObjects(family, graph.enforcement, options)
  return (
    fixed.table(maps: maps, sets: sets.emitted, chains: chains, audited: Set(audited)),
    lowering.sources
  )
}

private struct NamedGroup {
  let id: PolicyGroup.ID
  let group: PolicyGroup
  let name: String
}
