import Analysis
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// What explanations say of rules, against the decisions.
@Suite struct ExplanationTests {
  @Test(arguments: 0..<UInt64(60))
  func `a rule matches in an explanation exactly when it can have decided`(_ seed: UInt64) {
    let graph = RandomCluster(seed: seed, hasTiers: false).graph
    var random = SplitMix64(seed: seed)
    for connection in Corners(graph).connections(in: graph, each: 1, using: &random) {
      let explanation = graph.explanation(
        from: graph.party(at: connection.source), to: graph.party(at: connection.destination),
        connection.layer4)
      #expect(explanation.decision == graph.decision(on: connection))
      for side in [explanation.egress, explanation.ingress] {
        let matching = side.rules.filter(\.matches)
        switch side.verdict {
        case .allowed(let provenance):
          #expect(matching.contains { $0.edge.provenance.policy == provenance.policy })
        case .isolated, .audited:
          #expect(matching.isEmpty && !side.policies.isEmpty)
        case .notIsolated, .notPoliced, .unknownPod:
          #expect(side.policies.isEmpty)
        case .exempt: continue
        case .denied: Issue.record("NetworkPolicy has no rule that denies")
        }
      }
    }
  }
}
