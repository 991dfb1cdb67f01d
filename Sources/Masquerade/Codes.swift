import Diagnostics

extension DiagnosticCode {
  /// A file that configures no translator that is known.
  package static let unknownConfiguration = DiagnosticCode("unknown-configuration")
  /// Files of two translators, or two that say different things.
  package static let conflictingConfiguration = DiagnosticCode("conflicting-configuration")
}
