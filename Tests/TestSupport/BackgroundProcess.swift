import CLinux
import Glibc
import Host

/// A program that runs while the test goes on; ended with the value.
package final class BackgroundProcess {
  package let id: pid_t
  private let outputPath: String
  private var status: Int32?

  /// Starts it in the network namespace of the calling thread, without input. What it says, on both
  /// outputs, goes to a file.
  package init(_ arguments: [String], output: String) throws {
    guard let program = arguments.first, let path = findExecutable(program) else {
      throw SystemFailure("start \(arguments.first ?? "nothing")", code: ENOENT)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Such as a socket on which a test listens: it would seem to go on when the test has closed it.
    netpolc_spawn_close_from(&actions, 3)
    var child: pid_t = 0
    let argv = arguments.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    let code = posix_spawn(&child, path, &actions, nil, argv, netpolc_environment())
    guard code == 0 else { throw SystemFailure("start \(path)", code: code) }
    id = child
    outputPath = output
  }

  deinit {
    if status == nil {
      kill(id, SIGKILL)
      _ = wait()
    }
  }

  /// What it has said up to now.
  package var output: String {
    (try? readFile(outputPath)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  package func send(signal: Int32) { if status == nil { kill(id, signal) } }

  /// Waits for its end.
  /// - Returns: the exit status, or 128 and the signal's number.
  package func wait() -> Int32 {
    if let status { return status }
    var word: Int32 = 0
    while waitpid(id, &word, 0) < 0, errno == EINTR {}
    let signal = word & 0x7f
    let result = signal == 0 ? word >> 8 & 0xff : 128 + signal
    status = result
    return result
  }

  /// Waits until it has said something.
  package func waitForOutput(_ text: String, seconds: Int = 10) -> Bool {
    eventually(seconds: seconds) { output.contains(text) }
  }
}

/// Asks again and again until the answer is yes, or the time is up.
package func eventually(seconds: Int = 10, _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while true {
    if try condition() { return true }
    if ContinuousClock.now > deadline { return false }
    sleepMilliseconds(5)
  }
}
