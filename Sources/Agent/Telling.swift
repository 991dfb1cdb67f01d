import Denials
import Incremental

/// What a loop tells of itself and its source.
extension AgentLoop where Source: ~Copyable {
  mutating func sayTroubles() {
    var source = source.problems
    if isStarted, enforcer.closesNothing {
      source.append(
        "unknown pods are not denied: Node \(settings.node) with spec.podCIDRs is not known")
    }
    if isStarted, let fact = enforcer.missingFact {
      source.append("connections leave as they did: \(fact)")
    }
    if let attachments { source += attachments.problems(of: enforcer.compiler.localPods) }
    for event in troubles.become(objects: intake.problems, source: source) { report(event) }
  }

  mutating func publish(_ now: ContinuousClock.Instant) {
    status.lastTurn = now
    status.isSynced = isStarted
    status.pods = intake.count("Pod")
    status.localPods = enforcer.localPodCount
    status.isolatedPods = enforcer.compiler.isolatedPodCount
    status.watches = source.watches
    status.denyEvents = source.denyEventCounts
    status.namespaces = intake.count("Namespace")
    status.policies = intake.policyCount
    status.audited = enforcer.compiler.auditedPolicies.sorted()
    status.quarantined = intake.quarantined
    status.problems = troubles.objects
    status.sourceProblems = troubles.source
    board.status = status
  }

  mutating func tellDenials() throws {
    guard var denials else { return }
    for record in try denials.records(by: enforcer.compiler) {
      if settings.reportsDenials { report(.denied(record)) }
      source.denied(record)
    }
    status.denials = denials.counts
    self.denials = denials
  }
}
