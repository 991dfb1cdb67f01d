import Analysis
import NetSets
import PolicyModel

/// Which parts of policies the tests touch.
///
/// A part is an item of a rule's `from` or `to`, a rule without such a list, or that a policy
/// isolates in a direction. A rule's part is covered when a test wants a connection that it lets
/// through; the isolation when a test wants something denied that it denies.
package struct Coverage: Sendable {
  /// In the order of the input.
  package let parts: [Part]
  private var covered: Set<Part> = []
  /// Groups whose isolation is covered: many pairs of endpoints are of few groups.
  private var coveredGroups: Set<PolicyGroup.ID> = []

  package enum Part: Hashable, Sendable {
    case rule(Provenance)
    case isolation(Provenance)

    package var provenance: Provenance {
      switch self {
      case .rule(let provenance), .isolation(let provenance): provenance
      }
    }
  }

  init(_ policies: [TierPolicy]) {
    parts = policies.flatMap { policy in
      Direction.allCases.flatMap { direction -> [Part] in
        guard let rules = policy.rules(direction) else { return [] }
        let items = rules.flatMap { rule -> [Part] in
          switch rule.action {
          case .allow: (rule.peers?.map(\.provenance) ?? [rule.provenance]).map { .rule($0) }
          // To deny or to pass is what no test can see by itself.
          case .deny, .pass: []
          }
        }
        return policy.deniesAnything(direction)
          ? [.isolation(policy.isolation(direction))] + items : items
      }
    }
  }

  package var uncovered: [Part] { parts.filter { !covered.contains($0) } }

  package var coveredCount: Int { parts.count - uncovered.count }

  /// Rounded down; of no parts, all are covered.
  package var percent: Int { parts.isEmpty ? 100 : coveredCount * 100 / parts.count }

  // MARK: What tests touch

  /// A wanted connection between endpoints.
  mutating func allow(
    _ graph: PolicyGraph, _ source: Int, _ destination: Int, _ family: IPFamily,
    _ traffic: TrafficSet
  ) {
    if traffic.isEmpty { return }
    for (direction, subject, peer) in [
      (Direction.egress, source, destination), (.ingress, destination, source),
    ] {
      let address = graph.endpoints[peer].addresses.first { $0.family == family }
      let party = Party(endpoint: peer, address: address)
      insert(
        graph.lettingThrough(direction, of: subject, traffic, destination: destination) { item in
          graph.names(item, party)
        })
    }
  }

  /// A wanted connection with addresses of no endpoint.
  mutating func allow(
    _ graph: PolicyGraph, _ direction: Direction, _ subject: Int, _ addresses: AddressSet,
    _ traffic: TrafficSet
  ) {
    if traffic.isEmpty { return }
    let destination = direction == .ingress ? subject : nil
    insert(
      graph.lettingThrough(direction, of: subject, traffic, destination: destination) { item in
        guard case .block(let block) = item.match else { return false }
        return !block.addresses.intersection(addresses).isEmpty
      })
  }

  /// An unwanted connection between endpoints.
  mutating func deny(
    _ connectivity: Connectivity, _ source: Int, _ destination: Int, _ family: IPFamily,
    _ traffic: TrafficSet
  ) {
    for (direction, subject, peer) in [
      (Direction.egress, source, destination), (.ingress, destination, source),
    ] {
      if isCovered(connectivity.graph, direction, subject) { continue }
      let allowed = connectivity.traffic(direction, of: subject, with: peer, family)
      if !traffic.subtracting(allowed).isEmpty { deny(connectivity, direction, subject) }
    }
  }

  /// Something unwanted that is denied at an endpoint.
  mutating func deny(_ connectivity: Connectivity, _ direction: Direction, _ subject: Int) {
    if isCovered(connectivity.graph, direction, subject) { return }
    if let group = connectivity.graph.endpoints[subject].group(direction) {
      coveredGroups.insert(group)
    }
    for policy in connectivity.graph.isolating(direction, subject) {
      covered.insert(.isolation(policy.isolation(direction)))
    }
  }

  private func isCovered(_ graph: PolicyGraph, _ direction: Direction, _ subject: Int) -> Bool {
    graph.endpoints[subject].group(direction).map(coveredGroups.contains) ?? true
  }

  private mutating func insert(_ rules: [Provenance]) {
    for rule in rules { covered.insert(.rule(rule)) }
  }
}
