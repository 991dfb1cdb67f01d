import Glibc
import Host
import Synchronization

/// A loop on a thread of its own, which neither waits for the test's thread nor holds it up.
package final class BackgroundThread {
  private final class Work: Sendable {
    let isStopped = Atomic(false)
    let step: @Sendable () -> Void

    init(_ step: @escaping @Sendable () -> Void) { self.step = step }
  }

  private let work: Work
  private let thread: Thread
  private var isJoined = false

  /// Calls `step` until `stop`.
  package init(_ step: @escaping @Sendable () -> Void) throws {
    let work = Work(step)
    self.work = work
    thread = try Thread {
      while !work.isStopped.load(ordering: .relaxed) { work.step() }
    }
  }

  deinit { stop() }

  /// Returns when the last step is done.
  package func stop() {
    if isJoined { return }
    isJoined = true
    work.isStopped.store(true, ordering: .relaxed)
    thread.join()
  }
}
