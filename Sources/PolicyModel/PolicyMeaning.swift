import Diagnostics
import NetSets

/// What a policy says, without where it says it: equal after lines have moved.
package struct PolicyMeaning: Hashable, Sendable {
  package let reference: ObjectReference
  private let tier: Tier
  private let order: Double
  private let subject: PodSelector
  private let ingress: [Rule]?
  private let egress: [Rule]?

  private struct Rule: Hashable {
    let action: Action
    let peers: [Peer]?
    let ports: [Port]?

    init(_ rule: PolicyRule) {
      action = rule.action
      peers = rule.peers?.map { peer in
        switch peer.match {
        case .pods(let selector): .pods(selector)
        case .block(let block): .block(block)
        }
      }
      ports = rule.ports?.map { Port(transport: $0.transport, match: $0.match) }
    }
  }

  private enum Peer: Hashable {
    case pods(PodSelector)
    case block(IPBlock)
  }

  private struct Port: Hashable {
    let transport: Transport
    let match: RulePort.Match
  }

  fileprivate init(_ policy: TierPolicy) {
    reference = policy.reference
    tier = policy.tier
    order = policy.order
    subject = policy.subject
    ingress = policy.ingress?.map(Rule.init)
    egress = policy.egress?.map(Rule.init)
  }
}

extension TierPolicy {
  package var meaning: PolicyMeaning { PolicyMeaning(self) }
}
