/// What goes wrong with one request.
package enum Fault: Sendable, Hashable {
  /// An answer that is a Status.
  case status(Int, reason: String, retryAfter: Int? = nil)
  /// An answer of that status with a body that is no Status.
  case page(Int, String)
  /// Half of the answer, and the connection is reset.
  case reset
  /// Half of the answer, which ends as if it were whole.
  case truncated
  /// No answer at all, on a connection that stays.
  case silence
  /// The answer, a few bytes at a time.
  case slow
}

/// Which request a fault is for.
package enum Verb: Sendable, Hashable {
  case list
  case watch
  /// A watch that begins with all objects.
  case stream
  case create
  case patch

  /// As RBAC calls what it takes.
  var right: String {
    switch self {
    case .list, .stream: "list"
    case .watch: "watch"
    case .create: "create"
    case .patch: "patch"
    }
  }
}

/// What is done to watches that are open.
package enum WatchAction: Sendable, Hashable {
  /// Send what has changed.
  case update
  case bookmark
  /// An ERROR event with a Status.
  case error(Int, reason: String)
  /// Bytes as they are.
  case raw(String)
  /// End as after the watch's time.
  case end
  /// The start of an event, and the connection is reset.
  case reset
  /// The start of an event, and the answer ends as if it were whole.
  case truncate
  /// Nothing from now on.
  case silence
}
