import Glibc
import Host

/// A thread that ticks: first after a second, then ten times a second, until it is stopped.
struct ProgressClock {
  /// What the thread needs.
  private final class Work: Sendable {
    /// At its end when the clock is to stop.
    let stopped: FileDescriptor
    let tick: @Sendable () -> Void

    init(stopped: FileDescriptor, tick: @escaping @Sendable () -> Void) {
      self.stopped = stopped
      self.tick = tick
    }

    func run() {
      var wait = pollfd(fd: stopped.number, events: Int16(POLLIN), revents: 0)
      var milliseconds: Int32 = 1000
      while true {
        let ready = poll(&wait, 1, milliseconds)
        if ready < 0, errno == EINTR { continue }
        if ready != 0 { return }
        milliseconds = 100
        tick()
      }
    }
  }

  private let thread: Thread
  private let writingEnd: Int32

  init(_ tick: @escaping @Sendable () -> Void) throws(SystemFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemFailure("pipe") }
    // A program that is started meanwhile must not keep the clock from stopping.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    writingEnd = ends[1]
    let work = Work(stopped: try FileDescriptor(ends[0], of: "pipe"), tick: tick)
    do throws(SystemFailure) {
      thread = try Thread { work.run() }
    } catch {
      close(ends[1])
      throw error
    }
  }

  /// Returns when the last tick is done.
  func stop() {
    close(writingEnd)
    thread.join()
  }
}
