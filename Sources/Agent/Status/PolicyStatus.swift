import Diagnostics
import Incremental
import Netfilter
import PolicyModel

/// What an agent knows of one policy.
package struct PolicyStatus: Sendable {
  package let policy: ObjectReference
  /// nil for a policy that it does not know.
  package let effect: PolicyEffect?
  /// Why it is not enforced as it is written.
  package let problem: String?
  /// Whether the kernel holds all that is known, this policy too.
  package let isInForce: Bool
  /// What its rules let pass.
  package let allowed: [Direction: PacketCount]
  /// What it would deny, if it is audited.
  package let wouldDeny: [Direction: PacketCount]

  package init(
    policy: ObjectReference, effect: PolicyEffect?, problem: String?, isInForce: Bool,
    allowed: [Direction: PacketCount], wouldDeny: [Direction: PacketCount] = [:]
  ) {
    self.policy = policy
    self.effect = effect
    self.problem = problem
    self.isInForce = isInForce
    self.allowed = allowed
    self.wouldDeny = wouldDeny
  }

  /// What `/status.json?policy=NAMESPACE/NAME` answers.
  package var json: JSON {
    [
      "schema": "netpolc.agent-policy/v1",
      "policy": .string(policy.qualifiedName),
      "known": .bool(effect != nil),
      "inForce": .bool(isInForce && effect != nil && problem == nil),
      "problem": problem.map { .string($0) } ?? .null,
      "directions": .array((effect?.directions ?? []).map { .string($0.rawValue) }),
      "pods": .array((effect?.pods ?? []).map { .string($0.qualifiedName) }),
      "audited": .bool(effect?.isAudited ?? false),
      "allowed": json(allowed),
      "wouldDeny": json(wouldDeny),
    ]
  }

  private func json(_ counts: [Direction: PacketCount]) -> JSON {
    .array(
      Direction.allCases.compactMap { direction in
        counts[direction].map { count in
          [
            "direction": .string(direction.rawValue),
            "packets": .integer(Int(clamping: count.packets)),
            "bytes": .integer(Int(clamping: count.bytes)),
          ]
        }
      })
  }
}
