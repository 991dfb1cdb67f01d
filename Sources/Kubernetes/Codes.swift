import Diagnostics

extension DiagnosticCode {
  /// Not an object that Kubernetes could read at all.
  package static let notAnObject = DiagnosticCode("not-an-object")
  package static let missingField = DiagnosticCode("missing-field")
  package static let unknownField = DiagnosticCode("unknown-field")
  package static let wrongType = DiagnosticCode("wrong-type")
  package static let invalidValue = DiagnosticCode("invalid-value")
  package static let invalidName = DiagnosticCode("invalid-name")
  package static let invalidAddress = DiagnosticCode("invalid-address")
  package static let invalidSelector = DiagnosticCode("invalid-selector")
  /// Neither `"true"` nor `"false"`.
  package static let auditAnnotation = DiagnosticCode("audit-annotation")
  package static let duplicateObject = DiagnosticCode("duplicate-object")
  /// An API version that is gone.
  package static let removedAPI = DiagnosticCode("removed-api")
  /// A policy of a kind that is not read.
  package static let policyNotRead = DiagnosticCode("policy-not-read")
}
