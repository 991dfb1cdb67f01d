import Analysis
import NetSets
import PolicyModel

/// A rule that others make needless.
package struct Shadow: Sendable {
  package let rule: Provenance
  /// Rules that together allow all of it, in the order in which they are asked.
  package let coveredBy: [Provenance]
}

/// Finds rules that can be removed without any connection being decided otherwise. Each is judged
/// without those that were found before it, so that all can be removed together.
package struct Shadows {
  private let graph: PolicyGraph
  private let groups: PolicyMembers
  private let known: KnownAddresses
  private var inclusion = SetInclusion()
  private var removed: Set<RulePosition> = []

  package init(_ graph: PolicyGraph) {
    self.graph = graph
    groups = PolicyMembers(graph)
    known = KnownAddresses(graph)
  }

  /// Asks from the last rule to the first, so that of equal rules the first stays.
  package mutating func find() -> [Shadow] {
    var found: [Shadow] = []
    for policy in graph.policies.indices.reversed() {
      for direction in Direction.allCases.reversed() {
        for rule in (graph.policies[policy].edges(direction) ?? []).indices.reversed() {
          let position = RulePosition(policy: policy, direction: direction, rule: rule)
          guard let cover = cover(of: position) else { continue }
          removed.insert(position)
          found.append(
            Shadow(
              rule: edge(position).provenance,
              coveredBy: cover.sorted().map { edge($0).provenance }))
        }
      }
    }
    return found.reversed()
  }

  private func edge(_ position: RulePosition) -> Edge {
    (graph.policies[position.policy].edges(position.direction) ?? [])[position.rule]
  }

  /// The rules that allow all that this one does, to every pod that it is a rule of; nil when there
  /// are none, and when it allows nothing at all.
  private mutating func cover(of position: RulePosition) -> Set<RulePosition>? {
    let rule = edge(position)
    if allowsNothingNow(rule) { return nil }
    var used: Set<RulePosition> = []
    for group in groups.groups(of: position.policy, position.direction) {
      guard let others = others(in: group, than: position) else { return nil }
      let candidates = others.map { CoveringRule(position: $0, edge: edge($0)) }
      for subject in groups.subjects(of: group) {
        var coverage = Coverage(
          of: rule, by: candidates, for: subject, position.direction, in: graph, known)
        guard coverage.isComplete(&inclusion) else { return nil }
        used.formUnion(coverage.used)
      }
    }
    return used.isEmpty ? nil : used
  }

  /// A rule some of whose peers are nobody yet is there for those who will come.
  private func allowsNothingNow(_ rule: Edge) -> Bool {
    rule.action != .allow || rule.ports?.isEmpty == true || rule.peers?.isEmpty == true
      || (rule.peers ?? []).contains { peer in
        if case .set(let set) = peer.match { graph.peerSets[set].members.isEmpty } else { false }
      }
  }

  /// The other rules of the same tier; nil when some of them do more than allow, and so their order
  /// matters.
  private func others(in group: PolicyGroup.ID, than position: RulePosition) -> [RulePosition]? {
    let tier = graph.policies[position.policy].tier
    var found: [RulePosition] = []
    for policy in graph.groups[group].policies where graph.policies[policy].tier == tier {
      let edges = graph.policies[policy].edges(position.direction) ?? []
      for (rule, edge) in edges.enumerated() {
        if edge.action != .allow { return nil }
        let other = RulePosition(policy: policy, direction: position.direction, rule: rule)
        if other != position, !removed.contains(other) { found.append(other) }
      }
    }
    return found
  }
}

/// A rule in a graph.
struct RulePosition: Hashable, Comparable {
  let policy: Int
  let direction: Direction
  let rule: Int

  static func < (left: Self, right: Self) -> Bool {
    (left.policy, left.direction.rawValue, left.rule)
      < (right.policy, right.direction.rawValue, right.rule)
  }
}

/// Who is selected by what, from the policy's side.
private struct PolicyMembers {
  private var byPolicy: [Direction: [Int: [PolicyGroup.ID]]] = [:]
  private var byGroup: [PolicyGroup.ID: [Int]] = [:]

  init(_ graph: PolicyGraph) {
    for (id, group) in graph.groups.enumerated() {
      for policy in group.policies {
        byPolicy[group.direction, default: [:]][policy, default: []].append(id)
      }
    }
    var seen: [PolicyGroup.ID: Set<[NamedPort]>] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() where endpoint.isLocal {
      for direction in Direction.allCases {
        guard let group = endpoint.group(direction) else { continue }
        // Names of ports are the subject's own for ingress only.
        let names = direction == .ingress ? endpoint.ports : []
        if seen[group, default: []].insert(names).inserted {
          byGroup[group, default: []].append(index)
        }
      }
    }
  }

  func groups(of policy: Int, _ direction: Direction) -> [PolicyGroup.ID] {
    byPolicy[direction]?[policy] ?? []
  }

  /// One endpoint for all that the group's rules treat alike.
  func subjects(of group: PolicyGroup.ID) -> [Int] { byGroup[group] ?? [] }
}
