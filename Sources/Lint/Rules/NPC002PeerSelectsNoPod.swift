import Diagnostics
import Kubernetes
import PolicyModel
import Reports

extension LintRule {
  static let peerSelectsNoPod = LintRule(
    "NPC002", "peer-selects-no-pod", .warning, needs: .pods,
    summary: "An item of from or to matches no pod, and so allows no one.",
    help: """
      The item is there to let somebody in, or out to somebody, and nobody has its labels: the
      connection that it was written for is denied. Often the label is misspelt, or a lone
      `podSelector` is meant for another namespace: alone it means the policy's own.

      ```yaml
      from:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}
        podSelector: {matchLabels: {app: prometheus}}
      ```

      Namespaces of which the input holds no pod at all are passed over: their pods are kept
      elsewhere.
      """
  ) { context in
    context.podPeers.filter { peer in context.endpoints(peer.selector).isEmpty }.compactMap {
      peer in
      let namespaces = context.namespaces(peer.selector.namespaces)
        .filter { context.populated.contains($0) }
      if namespaces.isEmpty { return nil }
      let place =
        namespaces.count == 1
        ? "namespace \(namespaces[0])" : "the \(namespaces.count) namespaces it names"
      return Issue(
        peer.provenance,
        "matches no pod: nothing in \(place) has \(peer.selector.pods.shown)",
        hint: context.hint(for: peer.selector, in: namespaces))
    }
  }
}

/// An item of `from` or `to` that selects pods.
struct PodPeer {
  let direction: Direction
  let selector: PodSelector
  let provenance: Provenance
}

extension LintContext {
  /// Every item that selects pods, of every policy.
  var podPeers: [PodPeer] {
    policies.flatMap(\.allRules).flatMap { direction, rule in
      (rule.peers ?? []).compactMap { peer in
        guard case .pods(let selector) = peer.match else { return nil }
        return PodPeer(direction: direction, selector: selector, provenance: peer.provenance)
      }
    }
  }

  fileprivate func hint(for selector: PodSelector, in namespaces: [String]) -> String? {
    if let host = hostMembers(selector).first {
      return "\(host.reference.displayName) has them, but is on the host's network"
    }
    if let near = podSpelling(in: namespaces).hint(selector.pods) { return near }
    guard case .named(let own) = selector.namespaces else { return nil }
    let elsewhere = graph.endpoints.indices.first { selector.pods.matches(labels[$0]) }
    return elsewhere.map {
      "\(graph.endpoints[$0].displayName) has them; alone, podSelector means namespace \(own)"
    }
  }
}
