import Diagnostics

extension DiagnosticCode {
  /// A test about what is not there, which could never fail.
  package static let unknownEnd = DiagnosticCode("unknown-end")
}
