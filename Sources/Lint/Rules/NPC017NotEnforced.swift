import Reports

extension LintRule {
  static let notEnforced = LintRule(
    "NPC017", "policy-not-enforced", .warning, needs: .text,
    summary:
      "A policy is of a kind that netpolc does not read, so nothing that it says is enforced.",
    help: """
      netpolc enforces `networking.k8s.io/v1 NetworkPolicy` with all its fields. Policies of other
      kinds, such as CiliumNetworkPolicy, Calico's GlobalNetworkPolicy or AdminNetworkPolicy, and
      what only they can say (domain names, HTTP, deny rules), need the program that they were
      written for. On a node where netpolc is that program they are a hole.

      Write a NetworkPolicy, or suppress the finding with who enforces the policy as the reason.
      """
  ) { $0.readerIssues["NPC017"] ?? [] }
}
