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
    let hasStrangers = graph.endpoints.contains { $0.addresses.isEmpty }
    return policies.flatMap { policy in
      policy.allRules.flatMap { direction, rule in
        (rule.ports ?? []).compactMap { port -> Issue? in
          guard case .named(let name) = port.match else { return nil }
          let parts = destinations(policy, direction, rule, hasStrangers)
          guard let parts, parts.contains(where: { !$0.isEmpty }) else { return nil }
          // The first pod that is asked has it, as a rule.
          let isDeclared = parts.contains { pods in
            pods.contains { pod in
              graph.endpoints[pod].ports.contains {
                $0.name == name && $0.transport == port.transport
              }
            }
          }
          if isDeclared { return nil }
          return issue(port, name, direction, Set(parts.joined()))
        }
      }
    }
  }

  private func issue(
    _ port: RulePort, _ name: String, _ direction: Direction, _ pods: Set<Int>
  ) -> Issue {
    let declared = Set(pods.flatMap { graph.endpoints[$0].ports })
    let other = declared.filter { $0.name == name }.min().map {
      "it is a port of \($0.transport.kubernetesName); add protocol: \($0.transport.kubernetesName)"
    }
    let near = Spelling.near(name, in: Set(declared.map(\.name)).sorted())
    let whose = direction == .ingress ? "the policy selects" : "the rule leads to"
    return Issue(
      port.provenance,
      "no port \(name) of \(port.transport.kubernetesName) is declared by the "
        + "\(count(pods.sorted())) that \(whose)",
      hint: other ?? near.map { "did you mean \($0)?" })
  }

  /// The pods whose names of ports count; nil when not all of them can be known.
  /// - Parameter hasStrangers: whether some pod has no address yet, and may get one of a block's.
  private func destinations(
    _ policy: TierPolicy, _ direction: Direction, _ rule: PolicyRule, _ hasStrangers: Bool
  ) -> [[Int]]? {
    if direction == .ingress { return [endpoints(policy.subject)] }
    guard let peers = rule.peers else { return [Array(graph.endpoints.indices)] }
    var parts: [[Int]] = []
    for peer in peers {
      switch peer.match {
      case .pods(let selector): parts.append(endpoints(selector))
      case .block(let block):
        if hasStrangers { return nil }
        parts.append(
          graph.endpoints.indices.filter {
            graph.endpoints[$0].addresses.contains { block.contains($0) }
          })
      }
    }
    return parts
  }
}
