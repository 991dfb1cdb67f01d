import Apply
import Host
import NetSets
import OpenFlows
import Synchronization

/// Looks at open connections on a thread of its own: the kernel goes through all that it has room
/// for, and changes need not wait for that.
final class FlowLooker {
  /// What to look for.
  struct Search: Sendable {
    /// Whose denied connections are to end; nil for none.
    let rules: NodeRules?
    /// Whose connections are to end whatever rules say.
    let addresses: Set<IPAddress>
    let namespace: NetworkNamespace

    func run() -> Finding {
      let start = ContinuousClock.now
      do {
        let found = try FlowCutter(rules, in: namespace).look(forgetting: addresses)
        return Finding(found: found, failure: nil, start: start, end: .now)
      } catch {
        return Finding(found: FlowCutter.Found(), failure: "\(error)", start: start, end: .now)
      }
    }
  }

  struct Finding: Sendable {
    let found: FlowCutter.Found
    let failure: String?
    let start: ContinuousClock.Instant
    let end: ContinuousClock.Instant
  }

  private final class Desk: Sendable {
    let finding = Mutex<Finding?>(nil)
    let waker: Waker

    init() throws { waker = try Waker() }
  }

  private let worker: LatestJob
  private let desk: Desk
  /// Until the finding of a search is taken.
  private(set) var isBusy = false

  init() throws {
    desk = try Desk()
    worker = try LatestJob()
  }

  /// Readable when there is a finding to take.
  var descriptor: Int32 { desk.waker.descriptor }

  /// Begins a search; one at a time.
  func begin(_ search: Search) {
    precondition(!isBusy, "one search at a time")
    isBusy = true
    worker.give { [desk] in
      let finding = search.run()
      desk.finding.withLock { $0 = finding }
      desk.waker.wake()
    }
  }

  /// nil while a search lasts, and when there is none.
  func take() -> Finding? {
    desk.waker.clear()
    let finding = desk.finding.withLock { finding in
      defer { finding = nil }
      return finding
    }
    if finding != nil { isBusy = false }
    return finding
  }

  /// Waits for a search.
  /// - Returns: whether it ended in time.
  func finish(within time: Duration) -> Bool { worker.finish(within: time) }
}
