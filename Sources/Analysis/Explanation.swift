import Diagnostics
import NetSets
import PolicyModel

/// Why a connection is allowed or denied: for each side, who isolates it, and every rule that was
/// asked with what it made of the connection.
package struct Explanation: Sendable {
  package let decision: Decision
  package let egress: Side
  package let ingress: Side

  package var isAllowed: Bool { decision.isAllowed }

  package struct Side: Sendable {
    package let direction: Direction
    package let verdict: Verdict
    /// The policies that select the side's endpoint in that direction: those that are tried where
    /// these would deny, else those that are not.
    package let policies: [GraphPolicy]
    package let rules: [AskedRule]
  }

  /// One rule, and how near it came.
  package struct AskedRule: Sendable {
    package let edge: Edge
    package let peerMatches: Bool
    package let portMatches: Bool

    package var matches: Bool { peerMatches && portMatches }
  }
}

extension PolicyGraph {
  package func explanation(
    from source: Party, to destination: Party, _ layer4: Connection.Layer4
  ) -> Explanation {
    let decision = decision(from: source, to: destination, layer4)
    return Explanation(
      decision: decision,
      egress: side(.egress, decision.egress, of: source, with: destination, layer4),
      ingress: side(.ingress, decision.ingress, of: destination, with: source, layer4))
  }

  private func side(
    _ direction: Direction, _ verdict: Verdict, of party: Party, with peer: Party,
    _ layer4: Connection.Layer4
  ) -> Explanation.Side {
    let group = party.endpoint.flatMap {
      endpoints[$0].isLocal ? endpoints[$0].group(direction) : nil
    }
    let isAudited = if case .audited = verdict { true } else { false }
    let policies = (group.map { groups[$0].policies.map { self.policies[$0] } } ?? []).filter {
      $0.tier.isAudited == isAudited
    }
    let destination = direction == .ingress ? party.endpoint : peer.endpoint
    let rules = policies.flatMap { $0.edges(direction) ?? [] }.map { edge in
      Explanation.AskedRule(
        edge: edge, peerMatches: match(edge, peer: peer) != nil,
        portMatches: ports(edge.ports, allow: layer4, at: destination))
    }
    return Explanation.Side(
      direction: direction, verdict: verdict, policies: policies, rules: rules)
  }
}

extension Verdict {
  /// For programs. Positions of isolating policies are those in `graph.policies`.
  package func json(in graph: PolicyGraph) -> JSON {
    func decided(_ word: String, _ provenance: Provenance) -> JSON {
      [
        "verdict": .string(word), "policy": .string(provenance.policy.qualifiedName),
        "rule": .string(provenance.path.description), "source": provenance.location.json,
      ]
    }
    func named(_ policies: [Int]) -> JSON {
      .array(
        policies.map { graph.policies[$0] }.map {
          ["policy": .string($0.reference.qualifiedName), "source": $0.location.json]
        })
    }
    switch self {
    case .notPoliced: return ["verdict": "not-policed"]
    case .notIsolated: return ["verdict": "not-isolated"]
    case .exempt: return ["verdict": "exempt"]
    case .unknownPod: return ["verdict": "unknown-pod"]
    case .allowed(let provenance): return decided("allowed", provenance)
    case .denied(let provenance): return decided("denied", provenance)
    case .isolated(let policies): return ["verdict": "isolated", "isolatedBy": named(policies)]
    case .audited(let policies): return ["verdict": "audited", "auditedBy": named(policies)]
    }
  }
}

extension Decision {
  /// Schema `netpolc.decision/v1`.
  package func json(in graph: PolicyGraph) -> JSON {
    [
      "allowed": .bool(isAllowed), "egress": egress.json(in: graph),
      "ingress": ingress.json(in: graph),
    ]
  }
}
