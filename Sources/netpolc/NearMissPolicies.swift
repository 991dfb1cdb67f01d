import Compiler
import Diagnostics
import Kubernetes
import PolicyModel

/// A policy that would allow the connection, did it select the pod.
struct NearMissPolicy {
  let rule: Provenance
  let subject: String
  /// What the selector demands and the pod's labels do not give.
  let unmet: [LabelSelector.Requirement]
  let labels: Labels

  /// `shop/allow-dns egress[0]  dns.yaml:12   if shop/report had app in (web,api,db)   it has app=report`
  var text: String {
    "\(rule.policy.qualifiedName) \(rule.path)   \(rule.location.fileAndLine)   "
      + "if \(subject) had \(needs.joined(separator: ", "))   it has \(has.joined(separator: ", "))"
  }

  var json: JSON {
    [
      "policy": .string(rule.policy.qualifiedName), "rule": .string(rule.path.description),
      "source": rule.location.json, "pod": .string(subject),
      "needs": .array(needs.map { .string($0) }), "has": .array(has.map { .string($0) }),
    ]
  }

  private var needs: [String] { unmet.map(\.description) }

  private var has: [String] {
    unmet.map { requirement in
      labels[requirement.key].map { "\(requirement.key)=\($0)" } ?? "no \(requirement.key)"
    }
  }

  /// Of the policies in the subject's namespace that do not select it, those with a rule that
  /// matches the peer and the port.
  static func find(
    _ compilation: Compilation, _ scope: Scope, _ direction: Direction, of subject: Party,
    with peer: Party, _ layer4: Connection.Layer4
  ) -> [NearMissPolicy] {
    guard let index = subject.endpoint else { return [] }
    let endpoint = compilation.graph.endpoints[index]
    let namespace = endpoint.reference.namespace ?? ""
    let labels = compilation.input.cluster.labels(of: endpoint.reference)
    let others = compilation.input.policies.filter { policy in
      policy.rules(direction) != nil && policy.subject.namespaces == .named(namespace)
        && !policy.subject.pods.matches(labels)
    }
    // As if they selected the whole namespace, so that their rules are resolved.
    let widened = others.map { policy in
      TierPolicy(
        reference: policy.reference, tier: policy.tier, order: policy.order,
        subject: PodSelector(namespaces: .named(namespace), pods: .everything),
        ingress: policy.ingress, egress: policy.egress, location: policy.location)
    }
    var ignored = Diagnostics()
    let graph = resolve(widened, in: compilation.input.cluster, for: scope, &ignored)
    let destination = direction == .ingress ? index : peer.endpoint
    return graph.policies.compactMap { policy in
      let edge = (policy.edges(direction) ?? []).first { edge in
        graph.match(edge, peer: peer) != nil
          && graph.ports(edge.ports, allow: layer4, at: destination)
      }
      guard let edge, let original = others.first(where: { $0.reference == policy.reference })
      else {
        return nil
      }
      return NearMissPolicy(
        rule: edge.provenance, subject: endpoint.displayName,
        unmet: original.subject.pods.requirements.filter { !$0.matches(labels) }, labels: labels)
    }
  }
}

extension Cluster {
  /// The labels of a pod, or those that a workload gives its pods.
  fileprivate func labels(of reference: ObjectReference) -> Labels {
    pods.first { $0.reference == reference }?.labels
      ?? workloads.first { $0.reference == reference }?.labels ?? .none
  }
}
