/// How long things may take, how much may come at once, and how long to wait before trying again.
/// The defaults are those of client-go's reflector where it has any.
package struct Pace: Sendable {
  /// Objects of one page of a list.
  package var pageSize = 500
  /// Bytes of one object. etcd takes 1.5 MiB; JSON is longer than what it stores.
  package var objectBytes = 16 << 20
  /// Nothing of a list, or of the objects before a watch, for so long: it is given up. The server's
  /// own limit of a request is 60 s.
  package var silence = Duration.seconds(60)
  /// As long as a page of a list may take.
  package var page = Duration.seconds(120)
  /// A server that does not know streaming lists does not mark the end of the objects: after such
  /// a silence, they are listed.
  package var endOfObjects = Duration.seconds(10)
  /// For how long the server is asked to keep a watch: between this and twice of it.
  package var watch = Duration.seconds(300)
  /// As long as a watch may live past that: it is dead then, or the connection is.
  package var watchGrace = Duration.seconds(30)
  /// A watch that ends earlier, and without any event, counts as failed.
  package var shortWatch = Duration.seconds(1)
  /// The first wait after a failure; each further one is twice as long...
  package var firstWait = Duration.milliseconds(800)
  /// ... up to this. Each is lengthened by a random part of itself.
  package var longestWait = Duration.seconds(30)
  /// When nothing failed for so long, waits begin anew. client-go has two minutes for that
  /// (`reflector.go`), by which a handful of broken connections leaves a resource unread for most of
  /// one: too long for policies.
  package var calm = Duration.seconds(15)
  /// Between attempts at an optional resource that the server does not give us.
  package var refusedWait = Duration.seconds(300)
  /// Nobody is made to wait longer than this, whatever the server asks for.
  package var longestRetryAfter = Duration.seconds(300)

  /// Passes the time between attempts; ends early when the task is cancelled.
  package var pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
  /// At least 0, less than 1.
  package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

  package init() {}
}

/// Waits that grow while things fail.
package struct Backoff: Sendable {
  private let pace: Pace
  private var wait: Duration
  private var lastFailure: ContinuousClock.Instant?

  package init(_ pace: Pace) {
    self.pace = pace
    wait = pace.firstWait
  }

  /// - Parameter atLeast: what the server asked for.
  package mutating func next(atLeast: Duration?) -> Duration {
    let now = ContinuousClock.now
    if let lastFailure, now - lastFailure > pace.calm { wait = pace.firstWait }
    lastFailure = now
    let jittered = wait + wait * pace.random()
    wait = min(wait * 2, pace.longestWait)
    guard let atLeast else { return jittered }
    // Those that were all turned away at once should not all come back at once.
    return max(jittered, min(atLeast, pace.longestRetryAfter) + pace.firstWait * pace.random())
  }
}
