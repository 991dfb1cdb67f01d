import Apply
import Host
import Incremental
import Netfilter
import Nftables
import OpenFlows

/// What a loop has to do with the kernel's rules.
extension AgentLoop where Source: ~Copyable {
  /// Makes the kernel hold what is known now.
  mutating func act(_ now: ContinuousClock.Instant) {
    let changes = pending
    pending = []
    let hasLooked = forget(before: changes)
    alarms.retry = nil
    do throws(KernelFailure) {
      let outcome = try movesRules ? move(changes) : enforcer.take(changes)
      let end = ContinuousClock.now
      pace.acted(from: now, to: end, isDear: hasLooked)
      backoff.reset()
      succeeded(outcome, from: now, to: end)
      if !outcome.isEmpty {
        report(.applied(changes: changes.count, steps: outcome.count, duration: end - now))
        follow(outcome, end)
      }
      forgetSoon(enforcer.vacated, end)
      if changes.count > Self.manyChanges { alarms.tidying = end + .seconds(2) }
      if !isReady { begin() }
    } catch {
      pace.acted(from: now, to: .now, isDear: hasLooked)
      retry(error)
    }
  }

  /// More than single events bring: a list.
  private static var manyChanges: Int { 5000 }

  /// The kernel holds all that is wanted for the first time.
  private mutating func begin() {
    isReady = true
    report(.ready(localPods: enforcer.localPodCount))
    guard settings.drift == .watch else { return }
    do {
      // Not before: the first transaction is the largest.
      try monitor.listen()
    } catch {
      report(.warning("changes by others are noticed only every second: \(error)"))
    }
  }

  mutating func succeeded(
    _ outcome: Enforcer<NetlinkKernel>.Outcome, from start: ContinuousClock.Instant,
    to end: ContinuousClock.Instant
  ) {
    status.syncs.add(end - start)
    status.compiling.add(outcome.compiling)
    status.enforcing.add(end - start - outcome.compiling)
    status.lastSync = end - start
    if let firstChange { status.latency.add(end - firstChange) }
    firstChange = nil
    if outcome.isEmpty { status.unchanged += 1 } else { status.transactions += 1 }
    status.refusal = nil
    status.behindSince = nil
    status.lastSuccess = wallClock()
    status.isStale = false
    status.desired += 1
    status.applied = status.desired
  }

  mutating func retry(_ failure: KernelFailure) {
    let wait = backoff.wait()
    alarms.retry = .now + wait
    let reason = ApplyFailure(
      reason: failure, transaction: enforcer.lastTransaction
    ).description
    status.failures += 1
    if status.behindSince == nil { status.desired += 1 }
    status.behindSince = status.behindSince ?? .now
    status.refusal = reason
    report(.refused(reason: reason, retryIn: wait))
  }

  /// Has rules of ours that are in other firewalls go when those that are wanted are in theirs.
  private mutating func move(
    _ changes: [ClusterChange]
  ) throws(KernelFailure) -> Enforcer<NetlinkKernel>.Outcome {
    enforcer.prepare(changes)
    // The session writes the same record.
    _ = record.finish(within: .seconds(10))
    let wanted = try enforcer.wanted()
    let change: Session<NetlinkKernel>.Change
    do {
      change = try session.apply(wanted)
    } catch {
      throw (error as? ApplyFailure)?.reason ?? .unable(code: 0, reason: "\(error)")
    }
    movesRules = false
    if !change.left.isEmpty { report(.moved(from: change.left, to: wanted.firewall)) }
    var outcome = try enforcer.catchUp()
    if outcome.isEmpty {
      outcome.transaction = change.transaction
      outcome.filterChange = change.filterChange
    }
    return outcome
  }

  /// What changes within that time is recorded once.
  private static var recordInterval: Duration { .seconds(2) }

  /// What a change that was made asks for.
  mutating func follow(
    _ outcome: Enforcer<NetlinkKernel>.Outcome, _ now: ContinuousClock.Instant
  ) {
    alarms.record = alarms.record ?? now + Self.recordInterval
    guard settings.cutsFlows, alarms.demandSYN == nil, outcome.mayDeny else { return }
    cutSoon(now)
  }

  /// The end of a transaction is told at once; that one is missed, or not told, costs a second.
  mutating func hearOfOthers(_ now: ContinuousClock.Instant) throws {
    let reading = try monitor.read()
    for generation in reading.generations where generation.port != kernel.port {
      intruder = generation.name
      alarms.drift = now
    }
    if reading.hasLost { alarms.drift = now }
  }

  mutating func lookForDrift(_ now: ContinuousClock.Instant) {
    alarms.drift = now + settings.driftInterval
    guard isStarted, !enforcer.isBehind, settings.drift != .off else { return }
    do throws(KernelFailure) {
      guard try enforcer.isDisturbed() else { return }
      let outcome = try enforcer.catchUp()
      if outcome.isEmpty { return }
      status.repairs += 1
      let duration = ContinuousClock.now - now
      status.repairTimes.add(duration)
      // The tools of iptables that we have run are told of like those of others.
      let culprit = enforcer.firewall == .nftables ? intruder : nil
      status.lastRepair = Repair(culprit: culprit, time: wallClock(), duration: duration)
      report(.repaired(by: culprit, steps: outcome.count))
      follow(outcome, .now)
    } catch {
      retry(error)
    }
  }
}
