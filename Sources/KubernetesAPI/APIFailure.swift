/// Why the server's objects could not be had.
package enum APIFailure: Error, Hashable, Sendable {
  /// No connection, or it broke.
  case connection(String)
  /// The connection is there and nothing comes, or too little.
  case silence(Duration)
  /// The server said no. The wait is what it asked for with `Retry-After`.
  case refused(APIStatus, retryAfter: Duration?)
  /// An ERROR event in a watch.
  case errorEvent(APIStatus)
  /// What came cannot be read.
  case malformed(String)
  /// The server's versions are earlier than what it sent before: it holds another history, as after
  /// a backup of it was restored.
  case olderHistory(String)
  /// The server ended a watch as soon as it began.
  case shortWatch

  /// Only a new list helps.
  var isExpired: Bool {
    switch self {
    case .refused(let status, _), .errorEvent(let status): status.isExpired
    case .olderHistory: true
    case .connection, .silence, .malformed, .shortWatch: false
    }
  }

  package var retryAfter: Duration? {
    if case .refused(_, let wait) = self { return wait }
    return nil
  }

  /// One word for metrics; the set of these is small and stays.
  package var label: String {
    switch self {
    case .connection: "connection"
    case .silence: "silence"
    case .malformed: "malformed"
    case .olderHistory: "older-history"
    case .shortWatch: "short-watch"
    case .refused(let status, _), .errorEvent(let status):
      if status.isExpired { "expired" } else { "status-\(status.code)" }
    }
  }
}

extension APIFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .connection(let message): message
    case .silence(let limit): "the server sent nothing for \(limit.components.seconds) s"
    case .refused(let status, _): "the server answered \(status)"
    case .errorEvent(let status): "the server ended the watch: \(status)"
    case .malformed(let message): "the server sent what cannot be read: \(message)"
    case .olderHistory(let message): message
    case .shortWatch: "the server ended the watch at once"
    }
  }
}
