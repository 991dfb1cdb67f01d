import Diagnostics
import PolicyModel
import Reports

extension LintRule {
  static let selectsNoPod = LintRule(
    "NPC001", "policy-selects-no-pod", .warning, needs: .pods,
    summary: "A policy selects no pod or workload of the input, and so protects nothing.",
    help: """
      A policy whose `podSelector` matches nothing has no effect: the pods that it was written for
      stay as open as they were. The usual causes are a misspelt label, a label that the pod
      *template* does not carry, and a wrong `metadata.namespace`.

      Write the labels that the pods have. `kubectl get pods -n NAMESPACE --show-labels` lists them.
      """
  ) { context in
    context.policies.filter { context.endpoints($0.subject).isEmpty }.compactMap { policy in
      // Those are said with their own words.
      if !context.hostMembers(policy.subject).isEmpty { return nil }
      let namespace = policy.reference.namespace ?? ""
      guard context.populated.contains(namespace) else {
        let near = Spelling.near(namespace, in: context.populated.sorted())
        return Issue(
          policy.reference, "no pod or workload of the input is in namespace \(namespace)",
          at: policy.location, hint: near.map { "did you mean namespace \($0)?" })
      }
      return Issue(
        policy.reference,
        "selects no pod: nothing in namespace \(namespace) has \(policy.subject.pods.shown)",
        at: policy.location, hint: context.podSpelling(in: [namespace]).hint(policy.subject.pods))
    }
  }
}

extension LintContext {
  /// The labels of the pods of some namespaces.
  func podSpelling(in namespaces: [String]) -> Spelling {
    let wanted = Set(namespaces)
    return Spelling(
      graph.endpoints.indices.lazy
        .filter { wanted.contains(graph.endpoints[$0].reference.namespace ?? "") }
        .map { labels[$0] })
  }
}
