import Diagnostics
import Kubernetes
import NetSets
import PolicyModel
import Reports

extension LintRule {
  static let unknownPortName = LintRule(
    "NPC006", "port-name-nobody-has", .warning, needs: .text,
    summary: "A rule names a port that no container of the pods it leads to declares.",
    help: """
      A name in `ports` stands for the number that the *destination* pod's containers give it, in
      `containers[].ports[].name` with the same protocol. Where none does, the item allows nothing.
      For ingress the destination is the pod that the policy selects, for egress the peer.

      A number in quotes is a name too, and no valid one: the API server refuses it.

      ```yaml
      ports:
      - port: 5432        # a number
      - port: postgres    # a name that the container declares
      ```
      """
  ) { context in
    (context.readerIssues["NPC006"] ?? []) + (context.knowsPods ? context.unknownPortNames : [])
  }
}

extension LintContext {
  fileprivate var unknownPortNames: [Issue] {
    policies.flatMap { policy in
      policy.allRules.flatMap { direction, rule -> [Issue] in
        let named = (rule.ports ?? []).compactMap { port -> (port: RulePort, name: String)? in
          if case .named(let name) = port.match { (port, name) } else { nil }
        }
        guard !named.isEmpty, let pods = destinations(policy, direction, rule), !pods.isEmpty else {
          return []
        }
        let declared = Set(pods.flatMap { graph.endpoints[$0].ports })
        return named.compactMap { port, name in
          let sameName = declared.filter { $0.name == name }
          if sameName.contains(where: { $0.transport == port.transport }) { return nil }
          let other = sameName.first.map {
            "it is a port of \($0.transport.kubernetesName); add protocol: \($0.transport.kubernetesName)"
          }
          let near = Spelling.near(name, in: Set(declared.map(\.name)).sorted())
          let whose =
            direction == .ingress
            ? "the \(count(pods)) that the policy selects"
            : "the \(count(pods)) that the rule leads to"
          return Issue(
            port.provenance,
            "no port \(name) of \(port.transport.kubernetesName) is declared by \(whose)",
            hint: other ?? near.map { "did you mean \($0)?" })
        }
      }
    }
  }

  /// The pods whose names of ports count; nil when not all of them can be known.
  private func destinations(
    _ policy: TierPolicy, _ direction: Direction, _ rule: PolicyRule
  ) -> [Int]? {
    if direction == .ingress { return endpoints(policy.subject) }
    guard let peers = rule.peers else { return Array(graph.endpoints.indices) }
    var pods: Set<Int> = []
    for peer in peers {
      switch peer.match {
      case .pods(let selector): pods.formUnion(endpoints(selector))
      case .block(let block):
        // A pod that has no address yet may get one of the block's.
        if graph.endpoints.contains(where: \.addresses.isEmpty) { return nil }
        pods.formUnion(
          graph.endpoints.indices.filter {
            graph.endpoints[$0].addresses.contains { block.contains($0) }
          })
      }
    }
    return pods.sorted()
  }
}
