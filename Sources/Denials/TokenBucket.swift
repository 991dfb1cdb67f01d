/// Fills steadily and empties by one at a time. What time it is, whoever asks says, in milliseconds of
/// any clock: one that is set back brings nothing, and one that is set forward no more than fits.
struct TokenBucket: Sendable {
  struct Rate: Sendable {
    /// So many tokens come in so many milliseconds...
    let tokens: Int
    let milliseconds: Int
    /// ... and so many are there at most, as at the beginning.
    let capacity: Int

    fileprivate var full: Int { capacity * milliseconds }
  }

  private let rate: Rate
  /// So scaled that each millisecond brings a whole number.
  private var level: Int
  private var filled: Int

  init(_ rate: Rate, at now: Int) {
    self.rate = rate
    level = rate.full
    filled = now
  }

  /// - Returns: whether there was a token.
  mutating func take(at now: Int) -> Bool {
    level = level(at: now)
    filled = now
    guard level >= rate.milliseconds else { return false }
    level -= rate.milliseconds
    return true
  }

  func isFull(at now: Int) -> Bool { level(at: now) == rate.full }

  /// How many milliseconds until there is a token.
  func wait(at now: Int) -> Int {
    let missing = rate.milliseconds - level(at: now)
    return missing <= 0 ? 0 : (missing + rate.tokens - 1) / rate.tokens
  }

  private func level(at now: Int) -> Int {
    let longest = rate.full / rate.tokens + 1
    return min(rate.full, level + min(max(0, now - filled), longest) * rate.tokens)
  }
}
