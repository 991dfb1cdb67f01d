import Diagnostics
import Kubernetes
import Manifests
import Reports

/// What the reader of policies says already that is a rule's business, and the rest.
///
/// The reader refuses a policy as the API server does. A linter reports such a policy as a finding,
/// so that it can be listed with the others, and goes on.
struct ReaderIssues {
  let byRule: [String: [Issue]]
  /// What is no rule's business. With errors, the input cannot be judged as a whole.
  let diagnostics: Diagnostics
  /// Policies that were refused, and so are missing from the graph.
  let refused: Set<ObjectReference>
  let hasErrors: Bool

  init(
    _ diagnostics: Diagnostics, _ written: WrittenPolicies,
    others: [SourceLocation: ObjectReference], _ suppressions: Suppressions
  ) {
    var byRule = [LintRule.badSuppression.about.id: suppressions.issues]
    var rest = Diagnostics()
    var refused: Set<ObjectReference> = []
    for diagnostic in diagnostics.all {
      let source = diagnostic.location.flatMap { written.policy(at: $0) }
      let object = diagnostic.location.flatMap { others[$0] } ?? source?.reference
      guard let rule = ReaderIssues.rule(for: diagnostic, in: source), let object else {
        rest.add(diagnostic)
        continue
      }
      if diagnostic.severity == .error { refused.insert(object) }
      byRule[rule, default: []].append(
        Issue(
          object, path: diagnostic.path.droppingFirst.description, diagnostic.message,
          at: diagnostic.location, hint: diagnostic.hint))
    }
    self.byRule = byRule
    self.diagnostics = rest
    self.refused = refused
    // Full, the reader stopped before the end.
    hasErrors = rest.hasErrors || diagnostics.isFull
  }

  private static func rule(for diagnostic: Diagnostic, in source: PolicySource?) -> String? {
    switch diagnostic.code.name {
    case "except-outside-cidr": "NPC007"
    case "end-port": "NPC016"
    case "ambiguous-cidr": "NPC020"
    case "policy-not-read": "NPC017"
    case "invalid-value": isPortName(diagnostic, in: source) ? "NPC006" : nil
    default: nil
    }
  }

  /// Whether a text stands where a rule names a port.
  private static func isPortName(_ diagnostic: Diagnostic, in source: PolicySource?) -> Bool {
    guard case .member("port", .item(_, .member("ports", _))) = diagnostic.path else {
      return false
    }
    return source?.field(at: diagnostic.path)?.value.kind == .string
  }
}
