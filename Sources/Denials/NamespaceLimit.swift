import Host

/// A bucket of tokens for each namespace, which fills steadily and empties by one a record.
struct NamespaceLimit: Sendable {
  private let rate: TokenBucket.Rate
  private var shares: [String?: Share] = [:]

  private struct Share {
    var bucket: TokenBucket
    /// Left out since the last that was not.
    var suppressed = 0
  }

  init(perSecond: Int) {
    precondition(perSecond > 0, "a namespace that may say nothing has no log")
    rate = TokenBucket.Rate(tokens: perSecond, milliseconds: 1000, capacity: perSecond)
  }

  /// - Returns: how many were left out before this one; nil when it is left out too.
  mutating func admit(_ namespace: String?, at time: Timestamp) -> Int? {
    if shares[namespace] == nil { forgetQuiet(at: time) }
    var share = shares[namespace] ?? Share(bucket: TokenBucket(rate, at: time.milliseconds))
    defer { shares[namespace] = share }
    guard share.bucket.take(at: time.milliseconds) else {
      share.suppressed += 1
      return nil
    }
    let skipped = share.suppressed
    share.suppressed = 0
    return skipped
  }

  /// A bucket that is full and hides nothing is as good as none: what is kept does not grow with
  /// namespaces that come and go.
  private mutating func forgetQuiet(at time: Timestamp) {
    shares = shares.filter {
      $0.value.suppressed > 0 || !$0.value.bucket.isFull(at: time.milliseconds)
    }
  }
}
