import ArgumentParser

/// The exit codes, as diff(1), git and kubectl diff have them.
extension ExitCode {
  static let finding = ExitCode(1)
  static let badInput = ExitCode(2)
  static let environment = ExitCode(3)
  static let rolledBack = ExitCode(4)
}
