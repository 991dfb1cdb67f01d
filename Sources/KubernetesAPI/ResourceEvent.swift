/// What happens to the objects of a resource, in order.
///
/// After a list that was complete, and puts and removals since, the receiver has what the server
/// has. The same change may come twice; applying it twice is the same as once.
package enum ResourceEvent<Object: Sendable>: Sendable {
  /// All objects there are, by namespace and name. What is not among them is gone.
  case listed([Object])
  /// Added, or changed.
  case put(Object)
  /// Gone; the object as it was at the end, or as it left the field selector.
  case removed(APIObject)
  /// The server has sent everything up to now.
  case bookmark
  /// A watch has begun. After trouble: it is over.
  case watching
  /// A watch has ended as it should, in time. The next one begins at once.
  case watchEnded
  /// Lists or watches fail. What was received stays as it is.
  case trouble(ResourceTrouble)
}

/// Why lists or watches fail, and what is done about it.
package struct ResourceTrouble: Hashable, Sendable, CustomStringConvertible {
  package enum Next: Hashable, Sendable {
    /// Goes on from the last version seen.
    case watch
    case list
  }

  package let resource: APIResource
  package let failure: APIFailure
  package let next: Next
  /// Until then.
  package let wait: Duration

  /// The server knows us and does not let us, or does not know us or the resource. Nothing that
  /// time alone mends: without a needed resource, say so and stop.
  package var isRefusal: Bool {
    guard case .refused(let status, _) = failure else { return false }
    return [401, 403, 404].contains(status.code)
  }

  package var description: String {
    let what = next == .watch ? "watching again" : "listing again"
    let seconds = Int((wait / .milliseconds(100)).rounded())
    return "\(resource.name): \(failure); \(what) in \(seconds / 10).\(seconds % 10) s"
  }
}
