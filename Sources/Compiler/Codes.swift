import Diagnostics

extension DiagnosticCode {
  /// Two pods report one address.
  static let addressConflict = DiagnosticCode("address-conflict")
  /// `--fail-closed` without the addresses that it closes.
  static let noPodCIDR = DiagnosticCode("no-pod-cidr")
  /// `--node` names a node that the input does not know.
  static let unknownNode = DiagnosticCode("unknown-node")
}
