import Diagnostics
import Manifests

/// Which annotation puts a policy on trial: with the value `"true"` it denies nothing, and what it
/// would deny is told of.
package struct AuditAnnotation: Hashable, Sendable {
  package let key: String

  package static let standard = AuditAnnotation(checked: "netpolc.dev/audit")

  private init(checked key: String) { self.key = key }

  /// nil for what the API takes for no annotation's key.
  package init?(key: String) {
    guard isQualifiedName(key) else { return nil }
    self.key = key
  }

  /// Whether an object has it; nil when it has it with another value than `"true"` and `"false"`,
  /// which could mean either.
  package func isSet(on root: Field, _ diagnostics: inout Diagnostics) -> Bool? {
    guard let annotations = root["metadata"]?["annotations"] else { return false }
    guard annotations.isObject(fields: nil, &diagnostics) else { return nil }
    guard let member = annotations.value.members.first(where: { $0.key == key }) else {
      return false
    }
    let field = Field(member.value, path: annotations.path.key(key))
    guard let text = field.string(&diagnostics) else { return nil }
    switch text {
    case "true": return true
    case "false": return false
    default:
      field.error(
        .auditAnnotation, "found \(field.found), expected \"true\" or \"false\"",
        hint: "\"true\" lets the policy tell what it would deny, and deny nothing", &diagnostics)
      return nil
    }
  }
}
