import Diagnostics
import Kubernetes
import PolicyModel
import Reports

extension LintRule {
  static let podWithoutPolicy = LintRule(
    "NPC014", "pod-without-policy", .warning, needs: .everyPolicy,
    summary: "No policy isolates a pod, so everyone may connect to it, or it to everyone.",
    help: """
      A pod that no policy selects in a direction is open in it, whatever the policies of its
      neighbours say. A policy for the whole namespace makes denial the default:

      ```yaml
      kind: NetworkPolicy
      metadata: {name: default-deny, namespace: shop}
      spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
      ```

      A namespace without any policy is one note; kube-system and its like, where the cluster's own
      pods are, are passed over then. Where others of the namespace are isolated, a pod that is open
      for ingress is a warning, and one that is open for egress only a note. Pods with equal labels
      are one finding.
      """
  ) { context in
    let byNamespace = Dictionary(grouping: context.graph.endpoints.indices) {
      context.graph.endpoints[$0].reference.namespace ?? ""
    }
    return byNamespace.sorted { $0.key < $1.key }.flatMap { namespace, pods in
      context.openPods(in: namespace, pods)
    }
  }
}

extension LintContext {
  fileprivate func openPods(in namespace: String, _ pods: [Int]) -> [Issue] {
    let directions = Direction.allCases.filter { direction in
      pods.contains { graph.endpoints[$0].group(direction) != nil }
    }
    let object = ObjectReference(kind: "Namespace", namespace: nil, name: namespace)
    if directions.isEmpty {
      if wellKnownNamespaces.contains(where: { $0["kubernetes.io/metadata.name"] == namespace }),
        namespace != "default"
      {
        return []
      }
      return [
        Issue(
          object, "no policy selects any of its \(count(pods)): all connections are allowed",
          at: cluster.namespaces[namespace]?.location ?? location(of: pods[0]),
          hint: "start with a policy that denies by default", level: .note)
      ]
    }
    let alike = Dictionary(grouping: pods) { lasting(labels[$0]) }
    return alike.values.sorted { $0[0] < $1[0] }.compactMap { members in
      let open = directions.filter { direction in
        members.contains { graph.endpoints[$0].group(direction) == nil }
      }
      if open.isEmpty { return nil }
      let words = open.map(\.rawValue).joined(separator: " or ")
      return Issue(
        object, path: words, detail: lasting(labels[members[0]]).text,
        "no policy isolates \(names(members)) for \(words)", at: location(of: members[0]),
        hint: "others of the namespace are isolated", level: open == [.egress] ? .note : nil)
    }
  }

  private func location(of endpoint: Int) -> SourceLocation? {
    let reference = graph.endpoints[endpoint].reference
    return locations[reference]
  }

  /// Without what differs between pods of one workload.
  private func lasting(_ labels: Labels) -> Labels {
    let passing = [
      "pod-template-hash", "controller-revision-hash", "pod-template-generation",
      "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "controller-uid",
      "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
    ]
    return Labels(labels.pairs.filter { !passing.contains($0.key) })
  }
}

extension Labels {
  fileprivate var text: String { pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }
}
