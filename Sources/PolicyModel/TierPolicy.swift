import Diagnostics
import Kubernetes
import NetSets

/// Seen from the pod that a policy selects.
package enum Direction: String, Hashable, Sendable, CaseIterable {
  case ingress
  case egress

  package var opposite: Direction {
    switch self {
    case .ingress: .egress
    case .egress: .ingress
    }
  }
}

/// What a rule does with the connections it matches. In a tier the first match wins.
package enum Action: String, Hashable, Sendable {
  case allow
  case deny
  /// Leaves the tier for the next one.
  case pass
}

/// A layer of policies. Tiers are asked in order; a connection that a tier does not decide goes on
/// to the next, and after the last it is allowed.
package struct Tier: Hashable, Sendable {
  package let name: String
  /// Lower is asked first.
  package let order: Double
  /// What happens to a connection that no rule of the tier matched, when at least one of the
  /// tier's policies selects the pod in that direction.
  package let atEnd: End

  package enum End: Hashable, Sendable {
    case deny
    case pass
    /// As `pass`, but it is told of: the tier's policies are on trial.
    case audit
  }

  package init(name: String, order: Double, atEnd: End) {
    self.name = name
    self.order = order
    self.atEnd = atEnd
  }

  /// Where `networking.k8s.io/v1 NetworkPolicy` lives: rules only allow, and being selected
  /// isolates. The order is that of Calico's `default` tier.
  package static let networkPolicy = Tier(name: "networkpolicy", order: 1_000_000, atEnd: .deny)

  /// Where a NetworkPolicy is tried that is not to deny anything yet. Rules of NetworkPolicy only
  /// allow, so that one more could deny only what no other of the direction decides: what comes to
  /// this tier.
  package static let networkPolicyAudit = Tier(
    name: "networkpolicy-audit", order: 1_000_001, atEnd: .audit)

  /// Whether its policies only tell what they would deny.
  package var isAudited: Bool { atEnd == .audit }
}

/// Where a part of a policy stands in the user's files.
package struct Provenance: Hashable, Sendable {
  package let policy: ObjectReference
  /// From the policy's `spec`: `ingress[0].from[1]`.
  package let path: FieldPath
  package let location: SourceLocation

  package init(policy: ObjectReference, path: FieldPath, location: SourceLocation) {
    self.policy = policy
    self.path = path
    self.location = location
  }
}

/// The first intermediate form: a policy of any dialect, with selectors not yet resolved.
package struct TierPolicy: Sendable {
  package let reference: ObjectReference
  package let tier: Tier
  /// Position in the tier, lower first; ties go by name.
  package let order: Double
  /// The pods it applies to.
  package let subject: PodSelector
  /// nil where the policy says nothing about a direction; no rules where it only isolates.
  package let ingress: [PolicyRule]?
  package let egress: [PolicyRule]?
  package let location: SourceLocation

  package init(
    reference: ObjectReference, tier: Tier, order: Double, subject: PodSelector,
    ingress: [PolicyRule]?, egress: [PolicyRule]?, location: SourceLocation
  ) {
    self.reference = reference
    self.tier = tier
    self.order = order
    self.subject = subject
    self.ingress = ingress
    self.egress = egress
    self.location = location
  }

  package func rules(_ direction: Direction) -> [PolicyRule]? {
    switch direction {
    case .ingress: ingress
    case .egress: egress
    }
  }

  /// The same NetworkPolicy on trial: what it would allow leaves its tier, and the rest is told of.
  package var audited: TierPolicy { moved(to: .networkPolicyAudit, .pass) }

  /// The same policy as it will be when it is not on trial any more.
  package var enforced: TierPolicy { tier.isAudited ? moved(to: .networkPolicy, .allow) : self }

  private func moved(to tier: Tier, _ action: Action) -> TierPolicy {
    func rules(_ rules: [PolicyRule]?) -> [PolicyRule]? {
      rules?.map {
        PolicyRule(action: action, peers: $0.peers, ports: $0.ports, provenance: $0.provenance)
      }
    }
    return TierPolicy(
      reference: reference, tier: tier, order: order, subject: subject,
      ingress: rules(ingress), egress: rules(egress), location: location)
  }
}

/// Connections with any of the peers on any of the ports.
package struct PolicyRule: Sendable {
  package let action: Action
  /// nil is anyone, inside the cluster or not; an empty list is no one.
  package let peers: [RulePeer]?
  /// nil is every protocol and port; an empty list is none.
  package let ports: [RulePort]?
  package let provenance: Provenance

  package init(action: Action, peers: [RulePeer]?, ports: [RulePort]?, provenance: Provenance) {
    self.action = action
    self.peers = peers
    self.ports = ports
    self.provenance = provenance
  }
}

/// One item of `from` or `to`.
package struct RulePeer: Sendable {
  package let match: Match
  package let provenance: Provenance

  package enum Match: Sendable {
    case pods(PodSelector)
    case block(IPBlock)
  }

  package init(_ match: Match, provenance: Provenance) {
    self.match = match
    self.provenance = provenance
  }
}

/// One item of `ports`.
package struct RulePort: Hashable, Sendable {
  package let transport: Transport
  package let match: Match
  package let provenance: Provenance

  package enum Match: Hashable, Sendable {
    /// Every port of the protocol.
    case any
    case numbers(ClosedRange<UInt16>)
    /// The number that the destination pod's own containers give the name.
    case named(String)
  }

  package init(transport: Transport, match: Match, provenance: Provenance) {
    self.transport = transport
    self.match = match
    self.provenance = provenance
  }
}
