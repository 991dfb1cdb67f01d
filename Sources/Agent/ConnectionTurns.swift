import Apply
import NetSets
import OpenFlows

/// What a loop has to do with connections that are open: at once after quiet, and else as soon as
/// there is time for it.
extension AgentLoop where Source: ~Copyable {
  /// Ends those that are denied now.
  mutating func cutSoon(_ now: ContinuousClock.Instant) {
    looks.changed(at: now)
    let first = looks.due ?? now
    alarms.cuts = [first, first + FlowCutter.secondLook]
  }

  /// Ends those of addresses that are no pod's any more.
  mutating func forgetSoon(_ addresses: [IPAddress], _ now: ContinuousClock.Instant) {
    if addresses.isEmpty { return }
    vacated.formUnion(addresses)
    looks.changed(at: now)
    alarms.forgetting = looks.due
  }

  mutating func look(_ now: ContinuousClock.Instant) {
    let cuts = isDue(alarms.cuts.first, now)
    guard cuts || isDue(alarms.forgetting, now) else { return }
    let addresses = vacated
    vacated = []
    alarms.forgetting = nil
    if cuts { alarms.cuts.removeFirst() }
    let start = ContinuousClock.now
    do {
      let count =
        cuts
        ? try FlowCutter(enforcer.wanted(), in: namespace).cut(forgetting: addresses)
        : try forgetFlows(of: addresses, in: namespace)
      status.flowsEnded += count
      if count > 0 { report(.cut(flows: count)) }
    } catch {
      report(
        .warning("open connections that are denied now, or of pods gone, were not ended: \(error)"))
    }
    looks.acted(from: start, to: .now)
  }
}
