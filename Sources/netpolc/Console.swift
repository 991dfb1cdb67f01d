import ArgumentParser
import Glibc
import Host

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

  /// A line that names the program, then the exit.
  static func fail(_ message: String, _ code: ExitCode) -> ExitCode {
    say("netpolc: \(message)")
    return code
  }

  /// Whether colour helps: on a terminal, unless NO_COLOR (no-color.org) is set.
  static let hasColour =
    isatty(STDOUT_FILENO) == 1 && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
}
