import Diagnostics
import NetSets
import PolicyModel

/// `explain pod`: who isolates a pod or workload in each direction, and what is let through all the
/// same.
struct PodExplanation {
  let graph: PolicyGraph
  let endpoint: Endpoint
  /// What the user named: the pod, or the workload that it stands for.
  let name: String

  var text: String {
    let addresses = endpoint.addresses.map(\.description).joined(separator: " ")
    let head =
      name == endpoint.displayName ? name : "\(name), of whose pods one is \(endpoint.displayName)"
    var lines = ["\(head)   \(addresses.isEmpty ? "no address" : addresses)"]
    for direction in Direction.allCases {
      if let policies = isolating(direction) {
        lines.append("\(direction.rawValue)   isolated; allowed is what a rule names")
        lines += policies.flatMap { self.lines($0, direction) }
      } else {
        lines.append("\(direction.rawValue)   not isolated: everything is allowed")
      }
      if let audited = auditing(direction) {
        lines.append("  audited; these deny nothing yet")
        lines += audited.flatMap { self.lines($0, direction) }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(_ policy: GraphPolicy, _ direction: Direction) -> [String] {
    ["  \(policy.reference.qualifiedName)   \(policy.location.fileAndLine)"]
      + NamedRules(policy, direction, in: graph).lines
  }

  /// nil where nothing does.
  private func isolating(_ direction: Direction) -> [GraphPolicy]? {
    policies(direction) { !$0.isAudited }
  }

  /// Those that would, and are tried only; nil where there is none.
  private func auditing(_ direction: Direction) -> [GraphPolicy]? {
    policies(direction, in: \.isAudited)
  }

  private func policies(
    _ direction: Direction, in isIncluded: (Tier) -> Bool
  ) -> [GraphPolicy]? {
    guard let group = endpoint.group(direction) else { return nil }
    let policies = graph.groups[group].policies.map { graph.policies[$0] }
    let included = policies.filter { isIncluded($0.tier) }
    return included.isEmpty ? nil : included
  }

  /// Schema `netpolc.pod/v1`.
  var json: JSON {
    [
      "schema": "netpolc.pod/v1",
      "name": .string(name),
      "pod": endpoint.reference.kind == "Pod" ? .string(endpoint.reference.qualifiedName) : .null,
      "workload": .string(endpoint.workload.displayName),
      "node": endpoint.node.map { .string($0) } ?? .null,
      "addresses": .array(endpoint.addresses.map { .string($0.description) }),
      "ingress": json(isolating(.ingress), .ingress),
      "egress": json(isolating(.egress), .egress),
      "auditedIngress": json(auditing(.ingress), .ingress),
      "auditedEgress": json(auditing(.egress), .egress),
    ]
  }

  private func json(_ policies: [GraphPolicy]?, _ direction: Direction) -> JSON {
    guard let policies else { return .null }
    return .array(
      policies.map { policy in
        [
          "policy": .string(policy.reference.qualifiedName), "source": policy.location.json,
          "rules": NamedRules(policy, direction, in: graph).json,
        ]
      })
  }
}
