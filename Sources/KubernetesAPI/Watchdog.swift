import Synchronization

/// Ends work that hears nothing for too long, or takes too long.
final class Watchdog: Sendable {
  private struct Limits {
    var lastHeard: ContinuousClock.Instant
    var silence: Duration?
    let end: ContinuousClock.Instant
    let total: Duration
  }

  private let limits: Mutex<Limits>

  /// - Parameters:
  ///   - silence: between two calls of `heard`; nil for any time.
  ///   - total: for all of the work.
  init(silence: Duration?, total: Duration) {
    let now = ContinuousClock.now
    limits = Mutex(Limits(lastHeard: now, silence: silence, end: now + total, total: total))
  }

  func heard() { limits.withLock { $0.lastHeard = ContinuousClock.now } }

  /// From now on only the total time counts.
  func allowSilence() { limits.withLock { $0.silence = nil } }

  /// When the next limit ends, and what it was.
  private var due: (at: ContinuousClock.Instant, limit: Duration) {
    limits.withLock { limits in
      if let silence = limits.silence, limits.lastHeard + silence < limits.end {
        (limits.lastHeard + silence, silence)
      } else {
        (limits.end, limits.total)
      }
    }
  }

  /// Does `work`, or cancels it and throws `APIFailure.silence`.
  func guarding<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        while case let due = self.due, due.at > ContinuousClock.now {
          try await Task.sleep(until: due.at)
        }
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else {
        throw APIFailure.silence(due.limit)
      }
      return result
    }
  }
}
