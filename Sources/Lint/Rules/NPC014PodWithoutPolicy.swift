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
      for ingress is a warning, one finding for pods with equal labels; those that are open for egress
      only are one note.
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
          object,
          "no policy selects any of the \(count(pods)) of namespace \(namespace): all connections are"
            + " allowed",
          at: cluster.namespaces[namespace]?.location ?? location(of: pods[0]),
          hint: "start with a policy that denies by default", level: .note)
      ]
    }
    let open = pods.filter { graph.endpoints[$0].ingress == nil && directions.contains(.ingress) }
    let openForEgress = pods.filter {
      graph.endpoints[$0].egress == nil && directions.contains(.egress)
    }
    let egress = Set(openForEgress)
    let alike = Dictionary(grouping: open) { lasting(labels[$0]) }
    let warnings = alike.values.sorted { $0[0] < $1[0] }.map { members in
      let isOpenForBoth = members.contains { egress.contains($0) }
      return openIssue(
        object, members, isOpenForBoth ? "ingress or egress" : "ingress",
        detail: lasting(labels[members[0]]).text)
    }
    let openForIngress = Set(open)
    let rest = openForEgress.filter { !openForIngress.contains($0) }
    return warnings
      + (rest.isEmpty ? [] : [openIssue(object, rest, "egress", detail: nil, level: .note)])
  }

  private func openIssue(
    _ namespace: ObjectReference, _ members: [Int], _ words: String, detail: String?,
    level: Finding.Level? = nil
  ) -> Issue {
    Issue(
      namespace, path: words, detail: detail,
      "no policy isolates \(names(members)) for \(words)", at: location(of: members[0]),
      hint: "others of namespace \(namespace.name) are isolated", level: level)
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
