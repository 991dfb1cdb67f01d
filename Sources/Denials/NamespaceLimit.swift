import Host

/// A bucket of tokens for each namespace, which fills steadily and empties by one a record.
struct NamespaceLimit: Sendable {
  private let perSecond: Int
  private var buckets: [String?: Bucket] = [:]

  private struct Bucket {
    /// In thousandths of a token, so that each millisecond brings a whole number.
    var level: Int
    var filled: Timestamp
    /// Left out since the last that was not.
    var suppressed = 0
  }

  init(perSecond: Int) {
    precondition(perSecond > 0, "a namespace that may say nothing has no log")
    self.perSecond = perSecond
  }

  /// - Returns: how many were left out before this one; nil when it is left out too.
  mutating func admit(_ namespace: String?, at time: Timestamp) -> Int? {
    if buckets[namespace] == nil { forgetQuiet(at: time) }
    var bucket = buckets[namespace] ?? Bucket(level: full, filled: time)
    bucket.level = level(of: bucket, at: time)
    bucket.filled = time
    defer { buckets[namespace] = bucket }
    guard bucket.level >= 1000 else {
      bucket.suppressed += 1
      return nil
    }
    bucket.level -= 1000
    let skipped = bucket.suppressed
    bucket.suppressed = 0
    return skipped
  }

  private var full: Int { perSecond * 1000 }

  /// A clock that was set back brings nothing, and one that was set forward no more than fits.
  private func level(of bucket: Bucket, at time: Timestamp) -> Int {
    let elapsed = min(max(0, time.milliseconds - bucket.filled.milliseconds), 1000)
    return min(full, bucket.level + elapsed * perSecond)
  }

  /// A bucket that is full and hides nothing is as good as none: what is kept does not grow with
  /// namespaces that come and go.
  private mutating func forgetQuiet(at time: Timestamp) {
    buckets = buckets.filter { $0.value.suppressed > 0 || level(of: $0.value, at: time) < full }
  }
}
