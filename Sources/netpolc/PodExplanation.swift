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
      guard let policies = isolating(direction) else {
        lines.append("\(direction.rawValue)   not isolated: everything is allowed")
        continue
      }
      lines.append("\(direction.rawValue)   isolated; allowed is what a rule names")
      for policy in policies {
        lines.append("  \(policy.reference.qualifiedName)   \(policy.location.fileAndLine)")
        lines += NamedRules(policy, direction, in: graph).lines
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// nil where nothing does.
  private func isolating(_ direction: Direction) -> [GraphPolicy]? {
    endpoint.group(direction).map { graph.groups[$0].policies.map { graph.policies[$0] } }
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
      "ingress": json(.ingress),
      "egress": json(.egress),
    ]
  }

  private func json(_ direction: Direction) -> JSON {
    guard let policies = isolating(direction) else { return .null }
    return .array(
      policies.map { policy in
        [
          "policy": .string(policy.reference.qualifiedName), "source": policy.location.json,
          "rules": NamedRules(policy, direction, in: graph).json,
        ]
      })
  }
}
