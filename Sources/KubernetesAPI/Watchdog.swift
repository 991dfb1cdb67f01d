import Synchronization

/// Ends work that hears nothing for too long, or takes too long.
final class Watchdog: Sendable {
  private struct Limits {
    var lastHeard: ContinuousClock.Instant
    var silence: Duration?
    let end: ContinuousClock.Instant
    let total: Duration
    /// Whether time does not count.
    var isHeld = false
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

  /// Waits for `body`, which is not the server's, and is not cancelled.
  func holding(_ body: () async -> Void) async {
    limits.withLock { $0.isHeld = true }
    await body()
    limits.withLock { limits in
      limits.isHeld = false
      limits.lastHeard = .now
    }
  }

  /// When the next limit ends, and what it was; nil while held.
  private var due: (at: ContinuousClock.Instant, limit: Duration)? {
    limits.withLock { limits in
      if limits.isHeld {
        nil
      } else if let silence = limits.silence, limits.lastHeard + silence < limits.end {
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
    try await withThrowingTaskGroup(of: Result.self) { group in
      group.addTask { try await work() }
      group.addTask { throw APIFailure.silence(try await self.end()) }
      defer { group.cancelAll() }
      guard let result = try await group.next() else { throw CancellationError() }
      return result
    }
  }

  /// Waits until a limit ends, and returns which.
  private func end() async throws -> Duration {
    while true {
      guard let due else {
        try await Task.sleep(for: .milliseconds(100))
        continue
      }
      if due.at <= .now { return due.limit }
      try await Task.sleep(until: due.at)
    }
  }
}
