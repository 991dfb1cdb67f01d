/// When to act on changes: at once when there was quiet, and later the busier it is, so that many
/// changes are one transaction.
package struct Pace: Sendable {
  private let longest: Duration
  private let share: Int
  private var earliest: ContinuousClock.Instant?
  private var firstChange: ContinuousClock.Instant?

  /// - Parameters:
  ///   - longest: how long a change may wait for others.
  ///   - share: how many times as long as the last work was, there is none after it.
  package init(longest: Duration, share: Int = 4) {
    self.longest = longest
    self.share = share
  }

  /// When to act; nil when nothing waits.
  package var due: ContinuousClock.Instant? {
    guard let firstChange else { return nil }
    guard let earliest else { return firstChange }
    return min(firstChange + longest, max(firstChange, earliest))
  }

  package mutating func changed(at now: ContinuousClock.Instant) {
    if firstChange == nil { firstChange = now }
  }

  /// - Parameter isDear: whether what comes next is to wait as long as it may, because it is likely to
  ///   cost as much again.
  package mutating func acted(
    from start: ContinuousClock.Instant, to end: ContinuousClock.Instant, isDear: Bool = false
  ) {
    firstChange = nil
    earliest = end + (isDear ? longest : (end - start) * share)
  }
}

/// When to try again what failed: soon at first, and then less and less often.
package struct Backoff: Sendable {
  private let shortest: Duration
  private let longest: Duration
  private var next: Duration

  package init(from shortest: Duration, to longest: Duration) {
    self.shortest = shortest
    self.longest = longest
    next = shortest
  }

  package mutating func reset() { next = shortest }

  /// How long to wait now; twice as long the next time.
  package mutating func wait() -> Duration {
    defer { next = min(longest, next * 2) }
    return next
  }
}
