import Denials
import Host
import Incremental
import Kubernetes

/// A directory of manifests, looked at whenever the kernel tells of it, and now and then.
package struct DirectorySource: ClusterSource, ~Copyable {
  private var directory: ManifestDirectory
  private let resync: Duration
  private var nextScan: ContinuousClock.Instant
  private var firstTold: ContinuousClock.Instant?
  private var failure: String?
  package private(set) var isSynced = false

  /// Many files often change together.
  private static let quiet = Duration.milliseconds(20)
  private static let patience = Duration.milliseconds(500)

  /// - Parameter resync: how long to go without looking, in case nothing is told.
  /// - Parameter audit: what puts a policy on trial.
  package init(_ path: String, audit: AuditAnnotation, resync: Duration) throws {
    directory = try ManifestDirectory(path, audit: audit)
    self.resync = resync
    nextScan = .now
  }

  package var descriptor: Int32 { directory.descriptor }

  package var due: ContinuousClock.Instant? { nextScan }

  package var refusal: String? { nil }

  package var watches: [WatchCount] { [] }

  package func denied(_ record: DenyRecord) {}

  package var denyEventCounts: DenyEvents.Counts? { nil }

  package var problems: [String] {
    [failure].compactMap(\.self) + directory.problems.sorted { $0.key < $1.key }.map(\.value)
  }

  package mutating func changes(
    into intake: inout Intake, at now: ContinuousClock.Instant
  ) -> [ClusterChange] {
    if directory.isTold() {
      let first = firstTold ?? now
      firstTold = first
      nextScan = min(nextScan, min(now + Self.quiet, first + Self.patience))
    }
    guard now >= nextScan else { return [] }
    firstTold = nil
    do {
      let (changes, isUnfinished) = try directory.scan(into: &intake)
      failure = nil
      isSynced = isSynced || directory.isKnown && !isUnfinished
      nextScan = now + (isUnfinished ? .milliseconds(100) : resync)
      return changes
    } catch {
      // What was there stays: a directory that is away for a moment closes and opens nothing.
      failure = "\(error)"
      nextScan = now + min(resync, .seconds(2))
      return []
    }
  }
}
