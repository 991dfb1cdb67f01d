import CLinux
import Glibc

/// Waits until one of the descriptors has something to read.
///
/// - Parameter milliseconds: how long at most; nil for ever.
/// - Returns: those that can be read, or that have failed, which their reader then finds.
package func readable(
  _ descriptors: [Int32], within milliseconds: Int?
) throws(SystemFailure) -> Set<Int32> {
  var asked = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
  guard poll(&asked, nfds_t(asked.count), timeout) >= 0 else {
    if errno == EINTR { return [] }
    throw SystemFailure("poll")
  }
  return Set(asked.filter { $0.revents != 0 }.map(\.fd))
}

/// Signals as something to read, rather than interruptions (signalfd(2)).
package struct SignalQueue: ~Copyable {
  private let file: FileDescriptor

  /// Blocks the signals for this thread and those that it makes: to be called before there are any.
  package init(_ signals: [Int32]) throws {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    let code = pthread_sigmask(SIG_BLOCK, &set, nil)
    guard code == 0 else {
      errno = code
      throw SystemFailure("pthread_sigmask")
    }
    file = try FileDescriptor(
      signalfd(-1, &set, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)), of: "signalfd")
  }

  package var descriptor: Int32 { file.number }

  /// By which daemons are told to read their configuration again.
  package static var hangUp: Int32 { SIGHUP }

  /// The next signal that came; nil when none did.
  package func next() -> Int32? {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    guard read(file.number, &information, size) == size else { return nil }
    return Int32(information.ssi_signo)
  }
}

/// Wakes a thread that waits in `readable`, from any other (eventfd(2)).
package final class Waker: Sendable {
  private let file: FileDescriptor

  package init() throws {
    file = try FileDescriptor(
      eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)), of: "eventfd")
  }

  package var descriptor: Int32 { file.number }

  package func wake() {
    var one: UInt64 = 1
    // It is full only when a thread has been told already.
    _ = write(file.number, &one, MemoryLayout<UInt64>.size)
  }

  /// Forgets what it was told.
  package func clear() {
    var count: UInt64 = 0
    _ = read(file.number, &count, MemoryLayout<UInt64>.size)
  }
}
