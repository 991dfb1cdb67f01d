import Analysis
import Compiler
import Diagnostics
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// What a review says was gained and lost, against the decisions of both versions.
@Suite struct ReviewTests {
  @Test(arguments: 0..<UInt64(400))
  func `a review tells exactly the connections whose decision changed`(_ seed: UInt64) {
    let cluster = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
    let whole = side(cluster, cluster.policies)
    let less = side(cluster, Array(cluster.policies.dropFirst()))
    // Adding a policy closes as often as it opens; both ways are asked.
    let (base, head) = seed % 4 < 2 ? (whole, less) : (less, whole)
    let review = Review(from: base, to: head, limit: .max)
    var random = SplitMix64(seed: seed)
    let corners = Corners(whole.graph)
    for connection in corners.connections(in: whole.graph, each: 2, using: &random)
    where !connection.isNeighbourDiscovery && !concernsNode(connection, whole.graph) {
      let before = base.graph.decision(on: connection).isAllowed
      let after = head.graph.decision(on: connection).isAllowed
      let told = review.changes.filter { covers($0, connection, whole.graph) }
      let kinds = told.map(\.kind)
      let expected: [ConnectionChange.Kind] =
        before == after ? [] : after ? [.gained] : [.lost]
      #expect(
        kinds == expected,
        "seed \(seed): \(text(connection)) \(review.changes.map { "\($0.kind) \($0.from.name) \($0.to.name) \($0.traffic)" })"
      )
      for change in told {
        #expect(!change.causes.isEmpty, "seed \(seed): no cause of \(connection)")
      }
    }
  }

  @Test(arguments: 0..<UInt64(50))
  func `nothing changes between a version and itself`(_ seed: UInt64) {
    let cluster = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
    let version = side(cluster, cluster.policies)
    let review = Review(from: version, to: version, limit: .max)
    #expect(review.changes.isEmpty && !review.policiesDiffer)
  }

  @Test(arguments: 0..<UInt64(100))
  func `summed up, a review tells the same connections`(_ seed: UInt64) {
    let cluster = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
    let base = side(cluster, cluster.policies)
    let head = side(cluster, [])
    let long = Review(from: base, to: head, limit: .max)
    let short = Review(from: base, to: head, limit: 0)
    #expect(long.changes.isEmpty == short.changes.isEmpty)
    #expect(short.changes.count <= long.changes.count)
    #expect(long.unchanged == short.unchanged)
  }

  private func text(_ connection: Connection) -> String {
    "\(connection.source) to \(connection.destination) \(connection.layer4)"
  }

  private func side(_ cluster: RandomCluster, _ policies: [TierPolicy]) -> ReviewSide {
    var diagnostics = Diagnostics()
    let graph = resolve(policies, in: cluster.cluster, for: Scope(), &diagnostics)
    return ReviewSide(graph: graph, policies: policies)
  }

  /// A pod and its own node are left out of reviews.
  private func concernsNode(_ connection: Connection, _ graph: PolicyGraph) -> Bool {
    graph.endpoints.contains { endpoint in
      let own = endpoint.nodeAddresses
      return endpoint.addresses.contains(connection.source) && own.contains(connection.destination)
        || endpoint.addresses.contains(connection.destination) && own.contains(connection.source)
    }
  }

  private func covers(
    _ change: ConnectionChange, _ connection: Connection, _ graph: PolicyGraph
  ) -> Bool {
    let isKind =
      switch connection.layer4 {
      case .transport(let transport, let port): change.traffic[transport].contains(port)
      case .icmp, .other: change.traffic.others
      }
    return isKind && (change.onlyIn ?? connection.source.family) == connection.source.family
      && covers(change.from, connection.source, graph)
      && covers(change.to, connection.destination, graph)
  }

  private func covers(_ end: ChangedEnd, _ address: IPAddress, _ graph: PolicyGraph) -> Bool {
    let endpoint = graph.endpoint(at: address)
    switch end {
    case .workload(let unit):
      guard let endpoint else { return false }
      return [unit.reference, unit.workload].contains(graph.endpoints[endpoint].reference)
    case .many: return false
    case .addresses(_, let set): return endpoint == nil && set.contains(address)
    }
  }
}
