import NetSets
import PolicyModel

/// One version of a cluster with its policies, made ready for comparing.
package struct ReviewSide: Sendable {
  /// Without the policies that are only tried.
  package let graph: PolicyGraph
  /// All of them, also those that select nothing.
  package let policies: [TierPolicy]

  package init(graph: PolicyGraph, policies: [TierPolicy]) {
    self.graph = graph.enforced
    self.policies = policies
  }
}

/// Which connections a change opens and closes, between all that either version knows.
package struct Review: Sendable {
  /// What deserves a look first, then by names; lost after gained.
  package let changes: [ConnectionChange]
  /// Connections of workloads that some policy isolates, which both versions allow.
  package let unchanged: Int
  /// Those with workloads that some policy isolates, sorted.
  package let namespaces: [String]
  /// Whether a policy says something else than before, wherever it stands.
  package let policiesDiffer: Bool

  /// - Parameter limit: with more changes than this, workloads that are alike are summed up.
  package init(from base: ReviewSide, to head: ReviewSide, limit: Int) {
    let pairs = ChangedPairs(base.graph, head.graph)
    let found = pairs.changes(limit: limit)
    let causes = CauseFinder(from: base, to: head)
    changes = found.map { $0.with(causes: causes.causes(of: $0)) }.sorted(by: Review.precedes)
    unchanged = pairs.unchanged
    namespaces = pairs.isolatedNamespaces
    policiesDiffer =
      base.policies.map(\.meaning).sorted { $0.reference < $1.reference }
      != head.policies.map(\.meaning).sorted { $0.reference < $1.reference }
  }

  /// The same with other words about why.
  package func explained(
    by causes: (ConnectionChange) -> [ChangeCause]
  ) -> Review {
    Review(
      changes: changes.map { $0.with(causes: causes($0)) }, unchanged: unchanged,
      namespaces: namespaces, policiesDiffer: policiesDiffer)
  }

  private init(
    changes: [ConnectionChange], unchanged: Int, namespaces: [String], policiesDiffer: Bool
  ) {
    self.changes = changes
    self.unchanged = unchanged
    self.namespaces = namespaces
    self.policiesDiffer = policiesDiffer
  }

  package func count(_ kind: ConnectionChange.Kind) -> Int { changes.count { $0.kind == kind } }

  private static func precedes(_ left: ConnectionChange, _ right: ConnectionChange) -> Bool {
    func key(_ change: ConnectionChange) -> (Int, Int, String, String, UInt8) {
      (
        change.kind == .gained ? 0 : 1, change.alarm == nil ? 1 : 0, change.from.name,
        change.to.name, UInt8(change.onlyIn?.rawValue ?? 0)
      )
    }
    return key(left) < key(right)
  }
}
