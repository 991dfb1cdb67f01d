import Apply
import Compiler
import Diagnostics
import Incremental
import PolicyModel

/// What a loop does until all objects have come.
extension AgentLoop where Source: ~Copyable {
  /// After a boot the kernel has nothing, and what was in force last is better than that.
  mutating func restoreIfDue(_ now: ContinuousClock.Instant) throws {
    guard isDue(alarms.restore, now) else { return }
    alarms.restore = nil
    do {
      guard let current = try record.current else { return }
      _ = try session.rollBack(to: current)
      status.isStale = true
      report(.restored(generation: current))
    } catch {
      report(.warning("what was in force last cannot be put back: \(error)"))
    }
  }

  /// A namespace that is being deleted keeps what isolates its pods, also if that went while no agent
  /// was there (CVE-2024-7598).
  mutating func keepClosed() {
    defer { isolated = [:] }
    guard intake.hasTerminating, isolated.values.contains(where: { !$0.isEmpty }) else { return }
    enforcer.prepare(pending)
    pending = intake.keepClosed(enforcer.compiler.opened(since: isolated))
    for case .put(.policy(let policy)) in pending {
      report(
        .warning(
          "\(policy.reference.qualifiedName) isolates a pod of a namespace that is being deleted: "
            + "which policies did is not known any more"))
    }
  }
}
