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
  private var thread = pthread_t()
  private var isJoined = false

  /// Calls `step` until `stop`.
  package init(_ step: @escaping @Sendable () -> Void) throws {
    work = Work(step)
    let argument = Unmanaged.passRetained(work)
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        while !work.isStopped.load(ordering: .relaxed) { work.step() }
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      throw SystemFailure("pthread_create", code: code)
    }
  }

  deinit { stop() }

  /// Returns when the last step is done.
  package func stop() {
    if isJoined { return }
    isJoined = true
    work.isStopped.store(true, ordering: .relaxed)
    pthread_join(thread, nil)
  }
}
