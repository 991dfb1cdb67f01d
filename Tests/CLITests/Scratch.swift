import Host
import TestSupport
import Testing

extension Scratch {
  /// Runs git here, for nobody's configuration and in nobody's name; fails the test when it does.
  func git(_ arguments: String...) throws {
    let result = try run(
      ["git", "-c", "user.name=Test", "-c", "user.email=test@localhost"] + arguments,
      environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"])
    try #require(result.succeeded, "git \(arguments): \(result.errors)")
  }
}

extension ProcessResult {
  /// The lines on standard error.
  var said: [Substring] { errors.split(separator: "\n") }
}
