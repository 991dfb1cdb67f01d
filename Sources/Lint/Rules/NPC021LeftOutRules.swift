import Kubernetes
import Manifests
import PolicyModel
import Reports

extension LintRule {
  static let leftOutRules = LintRule(
    "NPC021", "left-out-rules", .warning, needs: .text,
    summary:
      "Rules are written for a direction that policyTypes leaves out, so they count for nothing.",
    help: """
      `policyTypes` says for which directions a policy isolates. Rules of another direction are
      accepted by the API server and then ignored: what looks like a limit on egress limits nothing.

      ```yaml
      spec:
        podSelector: {matchLabels: {app: web}}
        policyTypes: [Ingress, Egress]
        egress:
        - to: [{podSelector: {matchLabels: {app: db}}}]
      ```

      Add the direction to `policyTypes`, which denies everything else in it, or remove the rules.
      An empty list, which denies nothing either, is a note.
      """
  ) { context in
    context.policies.flatMap { policy -> [Issue] in
      // Without policyTypes all rules that are written count; NPC009 is about that.
      guard let source = context.written[policy.reference],
        let types = source.spec?["policyTypes"], types.value.count > 0
      else { return [] }
      return Direction.allCases.compactMap { direction in
        guard policy.rules(direction) == nil else { return nil }
        let (name, type, other): (StaticString, String, String) =
          switch direction {
          case .ingress: ("ingress", "Ingress", "egress")
          case .egress: ("egress", "Egress", "ingress")
          }
        guard let rules = source.spec?[name], rules.value.kind == .sequence else { return nil }
        let count = rules.value.count
        let what =
          switch count {
          case 0: "an empty \(name) denies nothing"
          case 1: "a rule that counts for nothing"
          default: "\(count) rules that count for nothing"
          }
        return Issue(
          policy.reference, path: "\(name)",
          "\(what): policyTypes leaves \(type) out, so the policy is about \(other) alone",
          at: source.location(of: name),
          hint: "write policyTypes: [Ingress, Egress], or remove \(name)",
          level: count == 0 ? .note : nil)
      }
    }
  }
}
