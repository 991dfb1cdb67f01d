import Denials
import Incremental

/// Where objects come from.
package protocol ClusterSource: ~Copyable {
  /// Readable when it has something to tell.
  var descriptor: Int32 { get }
  /// When it wants a turn although nothing was told; nil for never.
  var due: ContinuousClock.Instant? { get }
  /// Whether all objects have come that there are.
  var isSynced: Bool { get }
  /// Why it cannot tell more just now, and what it tells wrong; for people.
  var problems: [String] { get }
  /// How its watches of the API server go; none where there is no API server.
  var watches: [WatchCount] { get }
  /// Why it will never tell what nothing can be decided without; nil while it may.
  var refusal: String? { get }
  /// What changed since it was last asked, through an intake.
  mutating func changes(
    into intake: inout Intake, at now: ContinuousClock.Instant
  ) -> [ClusterChange]
  /// Hears of a packet that was denied, to tell others.
  func denied(_ record: DenyRecord)
  /// How it told them; nil where it tells nobody.
  var denyEventCounts: DenyEvents.Counts? { get }
}

/// How the watch of one resource goes.
package struct WatchCount: Sendable {
  /// In the API's plural: `pods`.
  package let resource: String
  /// Additions, changes, removals and bookmarks.
  package var events = 0
  /// By why another had to begin.
  package var restarts: [Reason: Int] = [:]
  /// When the server last said anything of it, be it that a watch begins or ends in time: servers before
  /// 1.21 send no bookmarks where nothing changes. Seconds since 1970; nil before the first.
  package var lastEvent: Double?

  package enum Reason: String, CaseIterable, Sendable {
    /// The server ended it in time.
    case ended
    /// It broke, or the server said that it cannot go on.
    case failed
    /// All objects had to be listed again.
    case relisted
  }

  package init(resource: String) { self.resource = resource }
}
