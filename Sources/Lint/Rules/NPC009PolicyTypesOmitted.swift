import Diagnostics
import Kubernetes
import Manifests
import PolicyModel
import Reports

extension LintRule {
  static let policyTypesOmitted = LintRule(
    "NPC009", "policy-types-omitted", .warning, needs: .text,
    summary:
      "policyTypes is left out where egress is written, which isolates for more, or less, than it looks.",
    help: """
      Without `policyTypes` a policy isolates for **Ingress**, always, and for Egress only when there
      is at least one egress rule. So a policy with nothing but egress rules denies *all ingress* as
      well, and one with `egress: []` denies no egress.

      ```yaml
      spec:
        podSelector: {matchLabels: {app: report}}
        policyTypes: [Egress]
        egress:
        - to: [{podSelector: {matchLabels: {app: db}}}]
      ```

      Write `policyTypes` always. Where ingress rules are there too the default is what it looks
      like, and the finding is a note.
      """
  ) { context in
    context.written.all.compactMap { source in
      guard let spec = source.spec, let egress = spec.value["egress"], egress.kind == .sequence,
        (spec["policyTypes"]?.value.count ?? 0) == 0
      else { return nil }
      let place = source.location(of: "egress")
      func issue(_ message: String, _ hint: String, _ level: Finding.Level? = nil) -> Issue {
        Issue(source.reference, path: "egress", message, at: place, hint: hint, level: level)
      }
      if egress.count == 0 {
        return issue(
          "an empty egress without policyTypes isolates nobody for egress",
          "write policyTypes: [Egress] to deny all egress, or remove the line")
      }
      if (spec["ingress"]?.value.count ?? 0) == 0 {
        return issue(
          "policyTypes is left out, so the policy isolates for ingress too and denies all of it",
          "write policyTypes: [Egress], or [Ingress, Egress] if that is meant")
      }
      return issue(
        "policyTypes is left out, so the policy isolates for ingress and for egress",
        "write policyTypes: [Ingress, Egress]", .note)
    }
  }
}
