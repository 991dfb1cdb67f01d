import CLinux
import Glibc

/// Starts this program anew with other arguments, in a session of its own and with no terminal, so
/// that it goes on when this process or its terminal ends.
package func startDetached(_ arguments: [String]) throws(SystemFailure) {
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  sigemptyset(&signals)
  posix_spawnattr_setsigmask(&attributes, &signals)
  posix_spawnattr_setflags(&attributes, Int16(NETPOLC_POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK))
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for descriptor in 0...2 as ClosedRange<Int32> {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
  }
  var child: pid_t = 0
  let code = withCStrings(arguments) { argv in
    posix_spawn(&child, "/proc/self/exe", &actions, &attributes, argv, netpolc_environment())
  }
  guard code == 0 else { throw SystemFailure("start in the background", code: code) }
}

/// Signals that would end the process, kept back so that it can put things in order first.
package struct HeldSignals {
  private var signals = sigset_t()

  /// Holds back what Ctrl-C, kill and a lost terminal send.
  package init() {
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Waits for one of them; nil when none came in time.
  package func next(milliseconds: Int) -> Int32? {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    var signals = signals
    let signal = sigtimedwait(&signals, nil, &time)
    return signal > 0 ? signal : nil
  }
}

/// A line that was typed, if one is there; nil when standard input is no terminal.
package func typedLine() -> String? {
  guard isatty(STDIN_FILENO) == 1 else { return nil }
  var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
  guard poll(&waiting, 1, 0) > 0 else { return nil }
  return readLine()
}

package func sleepMilliseconds(_ count: UInt32) { usleep(count * 1000) }

/// Seconds since 1970.
package func wallClock() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}
