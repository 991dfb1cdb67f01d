import Apply
import Diagnostics
import Incremental
import Netfilter
import Nftables
import PolicyModel

/// What a loop looks up for others.
extension AgentLoop where Source: ~Copyable {
  mutating func answer() {
    for question in questions.take() {
      switch question {
      case .counts(let answer): answer.give(nodeCounts())
      case .policy(let reference, let answer): answer.give(policyStatus(reference))
      }
    }
  }

  /// nil when the kernel does not tell.
  private mutating func nodeCounts() -> NodeCounts? {
    do {
      // Rules of iptables stand in chains of groups, not of policies.
      guard enforcer.firewall == .nftables else { return NodeCounts() }
      guard settings.policyMetrics != .none else { return NodeCounts(sizes: enforcer.sizes) }
      try count()
      return NodeCounts(
        packets: counts.totals, parts: settings.policyMetrics == .rule ? counts.parts : nil,
        others: try kernel.namedCounts(table: "netpolc"), sizes: enforcer.sizes)
    } catch {
      report(.warning("what rules counted cannot be read: \(error)"))
      return nil
    }
  }

  private mutating func policyStatus(_ reference: ObjectReference) -> PolicyStatus? {
    do {
      if enforcer.firewall == .nftables { try count() }
    } catch {
      report(.warning("what rules counted cannot be read: \(error)"))
      return nil
    }
    var allowed: [Direction: PacketCount] = [:]
    var wouldDeny: [Direction: PacketCount] = [:]
    for direction in Direction.allCases {
      allowed[direction] = counts.totals[.policy(reference, direction)]
      wouldDeny[direction] = counts.totals[.audit(reference, direction)]
    }
    return PolicyStatus(
      policy: reference, effect: enforcer.compiler.effect(of: reference),
      problem: troubles.objects[reference],
      isInForce: isReady && !enforcer.isBehind && pending.isEmpty, allowed: allowed,
      wouldDeny: wouldDeny)
  }

  private mutating func count() throws(KernelFailure) {
    counts.add(try kernel.ruleCounts(table: "netpolc"), of: enforcer.counterOwners())
  }
}
