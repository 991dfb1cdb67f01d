import Glibc
import Synchronization

/// A thread that does one job after another and leaves out those that came before the last while it
/// was busy: for work of which only the latest counts, such as writing down how things are. Other
/// threads go first.
package final class LatestJob: Sendable {
  private struct State {
    var next: (@Sendable () -> Void)?
    var isBusy = false
    var isEnded = false
  }

  private final class Desk: Sendable {
    let state = Mutex(State())
    let came: Waker
    let finished: Waker

    init() throws {
      came = try Waker()
      finished = try Waker()
    }

    func work() {
      // Of a thread, not of the process (sched(7)).
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
      while true {
        let (job, isEnded) = state.withLock { state in
          defer { state.next = nil }
          state.isBusy = state.next != nil
          return (state.next, state.isEnded)
        }
        if let job {
          job()
        } else {
          finished.wake()
          if isEnded { return }
          _ = try? readable([came.descriptor], within: 60_000)
          came.clear()
        }
      }
    }
  }

  private let desk: Desk

  package init() throws {
    let desk = try Desk()
    self.desk = desk
    _ = try Thread { desk.work() }
  }

  deinit {
    desk.state.withLock { $0.isEnded = true }
    desk.came.wake()
  }

  package func give(_ job: @escaping @Sendable () -> Void) {
    desk.state.withLock { $0.next = job }
    desk.came.wake()
  }

  /// Waits until there is nothing to do.
  /// - Returns: whether that was in time.
  package func finish(within time: Duration) -> Bool {
    let deadline = ContinuousClock.now + time
    while desk.state.withLock({ $0.isBusy || $0.next != nil }) {
      let left = deadline - .now
      if left <= .zero { return false }
      desk.finished.clear()
      // What ended before that was told before it.
      if desk.state.withLock({ !$0.isBusy && $0.next == nil }) { return true }
      _ = try? readable([desk.finished.descriptor], within: Int(left / .milliseconds(1)) + 1)
    }
    return true
  }
}
