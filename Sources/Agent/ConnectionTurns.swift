import Apply
import Compiler
import Denials
import Incremental
import Kubernetes
import NetSets
import Nftables
import OpenFlows

/// What a loop has to do with connections that are open: at once after quiet, and else as soon as
/// there is time for it.
extension AgentLoop where Source: ~Copyable {
  /// Ends those that are denied now.
  mutating func cutSoon(_ now: ContinuousClock.Instant) {
    cuts.changed(at: now)
    let first = cuts.due ?? now
    alarms.cuts = [first, first + FlowCutter.secondLook]
  }

  /// Ends those of addresses that are no pod's any more; at once where they are another's by now.
  mutating func forgetSoon(_ addresses: [IPAddress], _ now: ContinuousClock.Instant) {
    if addresses.isEmpty { return }
    vacated.formUnion(addresses)
    forgets.changed(at: now)
    let hasHeir = addresses.contains { enforcer.compiler.owner(of: $0) != nil }
    // One look does for both.
    alarms.forgetting = hasHeir ? now : alarms.cuts.first ?? forgets.due
    if hasHeir { lookNow() }
  }

  /// Ends those of pods that are gone before changes give their addresses to others.
  /// - Returns: whether any do.
  mutating func forget(before changes: [ClusterChange]) -> Bool {
    if vacated.isEmpty, searched.isEmpty { return false }
    let hasHeir = changes.contains { change in
      guard case .put(.pod(let pod)) = change else { return false }
      return pod.addresses.contains { vacated.contains($0) || searched.contains($0) }
    }
    if hasHeir { lookNow() }
    return hasHeir
  }

  /// Looks when it is due, and takes what was found.
  mutating func look(_ now: ContinuousClock.Instant) {
    if let finding = looker.take() { heed(finding) }
    if looker.isBusy { return }
    if let search = search(now) { looker.begin(search) }
  }

  /// Looks for addresses of pods that are gone, and waits for it.
  private mutating func lookNow() {
    if !looker.finish(within: .seconds(10)) {
      warn("a pod has an address of theirs, and looking for what is open takes too long to wait")
    }
    if let finding = looker.take() { heed(finding) }
    if vacated.isEmpty { return }
    let search = FlowLooker.Search(rules: nil, addresses: vacated, namespace: namespace)
    vacated = []
    alarms.forgetting = nil
    heed(search.run())
  }

  /// nil when nothing is due.
  private mutating func search(_ now: ContinuousClock.Instant) -> FlowLooker.Search? {
    let isToCut = isDue(alarms.cuts.first, now)
    guard isToCut || isDue(alarms.forgetting, now) else { return nil }
    if isToCut { alarms.cuts.removeFirst() }
    alarms.forgetting = nil
    defer { vacated = [] }
    searched = vacated
    return FlowLooker.Search(
      rules: isToCut ? wantedRules() : nil, addresses: searched, namespace: namespace)
  }

  /// Ends what was found, unless rules that came meanwhile allow it.
  mutating func heed(_ finding: FlowLooker.Finding) {
    searched = []
    cuts.acted(from: finding.start, to: finding.end)
    forgets.acted(from: finding.start, to: finding.end)
    if let failure = finding.failure { warn(failure) }
    do {
      let rules = finding.found.denied.isEmpty ? nil : wantedRules()
      let count = try FlowCutter(rules, in: namespace).end(finding.found)
      status.flowsEnded += count
      status.flowsKept += finding.found.kept
      if count > 0 { report(.cut(flows: count)) }
    } catch {
      warn("\(error)")
    }
  }

  /// nil, and said, when they are not known.
  private mutating func wantedRules() -> NodeRules? {
    do throws(KernelFailure) {
      return try enforcer.wanted()
    } catch {
      warn("\(error)")
      return nil
    }
  }

  private func warn(_ reason: String) {
    report(
      .warning("open connections that are denied now, or of pods gone, were not ended: \(reason)"))
  }
}
