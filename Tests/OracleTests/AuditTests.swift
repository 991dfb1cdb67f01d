import Analysis
import PolicyModel
import TestSupport
import Testing

/// What policies on trial change: nothing but what is told.
@Suite struct AuditTests {
  @Test(arguments: 0..<UInt64(8))
  func `no connection is decided otherwise with policies on trial than without them`(
    _ shard: UInt64
  ) {
    var audited = 0
    for seed in shard * 40..<(shard + 1) * 40 {
      let cluster = RandomCluster(seed: seed, hasTiers: seed % 3 == 0)
      let graph = cluster.graph
      let enforced = graph.enforced
      let without = cluster.graph(where: { !$0.tier.isAudited })
      var random = SplitMix64(seed: seed)
      for connection in Corners(graph).connections(in: graph, each: 1, using: &random) {
        let decision = graph.decision(on: connection)
        let expected = without.decision(on: connection)
        #expect(decision.isAllowed == expected.isAllowed, "seed \(seed): \(connection)")
        #expect(
          enforced.decision(on: connection).isAllowed == expected.isAllowed,
          "seed \(seed): \(connection)")
        for case .audited in [decision.egress, decision.ingress] { audited += 1 }
      }
      #expect(differences(from: graph, to: without).isEmpty, "seed \(seed)")
    }
    #expect(audited > 0)
  }

  @Test(arguments: 0..<UInt64(4))
  func `what is told is what is denied when the policies are enforced`(_ shard: UInt64) {
    var audited = 0
    for seed in shard * 60..<(shard + 1) * 60 {
      // Without other tiers: what comes after these would have a say.
      let cluster = RandomCluster(seed: seed, hasTiers: false)
      let graph = cluster.graph
      let enforcing = cluster.graph(with: cluster.policies.map(\.enforced))
      var random = SplitMix64(seed: seed)
      for connection in Corners(graph).connections(in: graph, each: 1, using: &random) {
        let decision = graph.decision(on: connection)
        let after = enforcing.decision(on: connection)
        for (verdict, enforced) in [
          (decision.egress, after.egress), (decision.ingress, after.ingress),
        ] {
          if case .audited = verdict {
            audited += 1
            #expect(!enforced.isAllowed, "seed \(seed): \(connection)")
          } else if verdict.isAllowed {
            #expect(enforced.isAllowed, "seed \(seed): \(connection)")
          }
        }
      }
    }
    #expect(audited > 0)
  }
}
