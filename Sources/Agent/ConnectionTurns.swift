import Apply
import Compiler
import Denials
import Incremental
import Kubernetes
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

  /// Ends those of addresses that are no pod's any more; at once where they are another's by now.
  mutating func forgetSoon(_ addresses: [IPAddress], _ now: ContinuousClock.Instant) {
    if addresses.isEmpty { return }
    vacated.formUnion(addresses)
    looks.changed(at: now)
    let hasHeir = addresses.contains { enforcer.compiler.owner(of: $0) != nil }
    alarms.forgetting = hasHeir ? now : looks.due
    if hasHeir { look(now) }
  }

  /// Ends those of pods that are gone before changes give their addresses to others.
  mutating func forget(before changes: [ClusterChange], _ now: ContinuousClock.Instant) {
    if vacated.isEmpty { return }
    let hasHeir = changes.contains { change in
      guard case .put(.pod(let pod)) = change else { return false }
      return pod.addresses.contains { vacated.contains($0) }
    }
    guard hasHeir else { return }
    alarms.forgetting = now
    look(now)
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
