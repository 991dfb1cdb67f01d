import Diagnostics

extension DiagnosticCode {
  static let emptySpec = DiagnosticCode("empty-spec")
  /// A dash with nothing behind it.
  static let nullRule = DiagnosticCode("null-item")
  static let emptyPeer = DiagnosticCode("empty-peer")
  static let endPort = DiagnosticCode("end-port")
  static let exceptOutside = DiagnosticCode("except-outside-cidr")
  static let ambiguousCIDR = DiagnosticCode("ambiguous-cidr")
}
