/// Answers for generated cases, straight from the comments of `k8s.io/api/networking/v1/types.go`
/// and as slowly as they read. Nothing of the project is in it.
struct CaseReference {
  let policies: [CasePolicy]

  struct Pod: Sendable {
    let namespace: String
    let labels: [String: String]
    let namespaceLabels: [String: String]
    /// nil when the connection is of IPv6.
    let octets: [Int]?
  }

  /// "NetworkPolicyIngressRule describes a particular set of traffic that is allowed to the pods
  /// matched by a NetworkPolicySpec's podSelector"; likewise egress. Both must allow it.
  func allows(_ source: Pod, _ destination: Pod, _ transport: String, _ port: Int) -> Bool {
    side(\.egress, of: source, with: destination, transport, port)
      && side(\.ingress, of: destination, with: source, transport, port)
  }

  private func side(
    _ rules: KeyPath<CasePolicy, [CaseRule]?>, of subject: Pod, with peer: Pod,
    _ transport: String, _ port: Int
  ) -> Bool {
    let applying = policies.filter { policy in
      policy[keyPath: rules] != nil && policy.namespace == subject.namespace
        && selects(policy.subject, subject.labels)
    }
    // "Traffic is allowed to a pod if there are no NetworkPolicies selecting the pod".
    if applying.isEmpty { return true }
    // "... or if the traffic matches at least one ingress rule across all of the NetworkPolicy
    // objects whose podSelector matches the pod".
    return applying.contains { policy in
      (policy[keyPath: rules] ?? []).contains { rule in
        // "If this field is empty or missing, this rule matches all sources"; and all ports.
        (rule.peers.isEmpty || rule.peers.contains { isPeer($0, peer, of: policy) })
          && (rule.ports.isEmpty || rule.ports.contains { covers($0, transport, port) })
      }
    }
  }

  private func isPeer(_ item: CasePeer, _ pod: Pod, of policy: CasePolicy) -> Bool {
    switch item {
    case .pods(let pods, let namespaces):
      // "Otherwise it selects the pods matching podSelector in the policy's own namespace."
      let isNamespace =
        namespaces.map { selects($0, pod.namespaceLabels) } ?? (pod.namespace == policy.namespace)
      return isNamespace && (pods.map { selects($0, pod.labels) } ?? true)
    case .block(let cidr, let except):
      guard let octets = pod.octets else { return false }
      return holds(cidr, octets) && !except.contains { holds($0, octets) }
    }
  }

  /// "The requirements are ANDed."
  private func selects(_ selector: CaseSelector, _ labels: [String: String]) -> Bool {
    selector.labels.allSatisfy { labels[$0.key] == $0.value }
      && selector.anyOf.allSatisfy { key, values in labels[key].map(values.contains) ?? false }
      // NotIn holds of objects without the key too.
      && selector.noneOf.allSatisfy { key, values in !(labels[key].map(values.contains) ?? false) }
  }

  private func holds(_ cidr: CaseCIDR, _ octets: [Int]) -> Bool {
    let base = CaseReference.octets(cidr.address)
    return (0..<cidr.length).allSatisfy { bit in
      let mask = 0x80 >> (bit % 8)
      return base[bit / 8] & mask == octets[bit / 8] & mask
    }
  }

  /// Every pod of the grid gives the ports 80 and 81 of each protocol their names.
  private func covers(_ item: CasePort, _ transport: String, _ port: Int) -> Bool {
    // "If this field is not specified, this field defaults to TCP."
    guard item.transport ?? "TCP" == transport else { return false }
    if let name = item.name {
      return name == "serve-\(port)-\(transport.lowercased())" && (80...81).contains(port)
    }
    // "If this field is not provided, this matches all port names and numbers."
    guard let number = item.number else { return true }
    return number <= port && port <= item.end ?? number
  }

  static func octets(_ text: String) -> [Int] { text.split(separator: ".").compactMap { Int($0) } }
}
