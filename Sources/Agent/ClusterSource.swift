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
  /// What changed since it was last asked, through an intake.
  mutating func changes(
    into intake: inout Intake, at now: ContinuousClock.Instant
  ) -> [ClusterChange]
}
