import Diagnostics
import Kubernetes
import NetSets
import PolicyModel
import Reports

extension LintRule {
  static let noDNS = LintRule(
    "NPC005", "egress-without-dns", .warning, needs: .everyPolicy,
    summary: "A pod is isolated for egress, may connect to somebody, and reaches no DNS server.",
    help: """
      As soon as a policy isolates a pod for egress, its look-ups are denied too, unless a rule
      allows them. Every connection by name then fails, after the resolver's time-out.

      ```yaml
      egress:
      - to:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
          podSelector: {matchLabels: {k8s-app: kube-dns}}
        ports:
        - {protocol: UDP, port: 53}
        - {protocol: TCP, port: 53}
      ```

      DNS servers are the pods with `k8s-app: kube-dns`, and those of kube-system named coredns; when
      the input has none, whatever a rule allows on UDP 53. A rule that names port 53 for an ipBlock
      counts as a resolver of the pod's own. Pods that may connect to nobody need no names, and
      where NodeLocal DNSCache runs the server is the pod's own node, which it always reaches.
      """
  ) { context in
    let servers = DNSServers(context)
    if servers.isOnEveryNode { return [] }
    // Pods that the same policies select are denied the same.
    let isolated = Dictionary(grouping: context.graph.endpoints.indices) { index in
      context.graph.endpoints[index].egress
    }
    return isolated.compactMap { group, members -> Issue? in
      guard let group else { return nil }
      let policies = context.graph.groups[group].policies.map { context.graph.policies[$0] }
      let edges = policies.flatMap { $0.egress ?? [] }
      guard edges.contains(where: { context.allowsAnything($0) }) else { return nil }
      let without = members.filter {
        !servers.isServer($0) && !servers.areReachable(from: $0, edges)
      }
      guard !without.isEmpty,
        let blamed = policies.min(by: { context.reach($0) < context.reach($1) })
      else { return nil }
      let verb = without.count == 1 ? "reaches" : "reach"
      let others = policies.map(\.reference).filter { $0 != blamed.reference }
      return Issue(
        blamed.reference, path: "egress",
        detail: others.isEmpty ? nil : "with \(others.map(\.qualifiedName).joined(separator: ","))",
        "\(context.names(without)) \(verb) no DNS server: isolated for egress by "
          + "\(list(policies.map(\.reference.qualifiedName))), and no rule allows UDP 53 to \(servers.words)",
        at: blamed.location, hint: "allow UDP and TCP 53 to the DNS server")
    }
  }
}

extension LintContext {
  fileprivate func allowsAnything(_ edge: Edge) -> Bool {
    guard edge.action == .allow, edge.ports?.isEmpty != true else { return false }
    return edge.peers?.contains { peer in
      switch peer.match {
      case .set(let set): !graph.peerSets[set].members.isEmpty
      case .block: true
      }
    } ?? true
  }

  /// How many pods a policy selects, then its name: the narrowest is the likeliest to be wrong.
  fileprivate func reach(_ policy: GraphPolicy) -> (Int, String) {
    (endpoints(policy.subject).count, policy.reference.qualifiedName)
  }
}
