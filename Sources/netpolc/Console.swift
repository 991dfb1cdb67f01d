import ArgumentParser
import Glibc
import Host
import Synchronization

/// Standard output is the result, standard error is talk.
enum Console {
  static func result(_ text: String) throws {
    do {
      try write(text, to: STDOUT_FILENO, name: "standard output")
    } catch  where error.code == EPIPE {
      // The reader has seen enough, as `head` does.
      throw ExitCode.success
    }
  }

  /// One line. What cannot be said because standard error is gone has no one to hear it.
  static func say(_ text: String) {
    Progress.interrupted {
      try? write(text + "\n", to: STDERR_FILENO, name: "standard error")
    }
  }

  /// One line that nobody misses who asked for `--quiet`: no warning, and nothing to answer.
  static func note(_ text: String) {
    if !isQuiet { say(text) }
  }

  private static let quiet = Mutex(false)

  static var isQuiet: Bool { quiet.withLock { $0 } }

  static func beQuiet() { quiet.withLock { $0 = true } }

  /// A line that names the program, then the exit.
  static func fail(_ message: String, _ code: ExitCode) -> ExitCode {
    say("netpolc: \(message)")
    return code
  }
}

/// The same for every command that has something to say besides its result.
struct TalkOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing on standard error but warnings and errors.")
  var quiet = false

  // The only place that every command passes before it says anything.
  func validate() { if quiet { Console.beQuiet() } }
}

/// The same for every command that colours its result.
struct ColourOptions: ParsableArguments {
  @Option(help: "Whether to colour; auto does on a terminal, unless NO_COLOR is set.")
  var color = When.auto

  enum When: String, ExpressibleByArgument, CaseIterable {
    case auto
    case always
    case never
  }

  /// NO_COLOR is as no-color.org has it: any text but an empty one.
  var isOn: Bool {
    switch color {
    case .auto: isatty(STDOUT_FILENO) == 1 && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
    case .always: true
    case .never: false
    }
  }
}
