import Diagnostics
import Kubernetes
import PolicyModel
import Reports

extension LintRule {
  static let peerSelectsNoNamespace = LintRule(
    "NPC003", "peer-selects-no-namespace", .warning, needs: .namespaces,
    summary: "A namespaceSelector matches no namespace of the input.",
    help: """
      An item whose `namespaceSelector` matches nothing allows no one, whatever its `podSelector`
      says. Namespaces are selected by *labels*; only `kubernetes.io/metadata.name`, which every
      namespace has, is its name.

      ```yaml
      namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: monitoring}
      ```

      The rule needs Namespace objects in the input. Namespaces that every cluster has, such as
      kube-system, need not be among them; a name of a namespace that the input does not hold is a
      note, unless it looks misspelt.
      """
  ) { context in
    let spelling = Spelling(context.cluster.namespaces.values.map(\.labels))
    return context.podPeers.compactMap { peer in
      guard case .labelled(let selector) = peer.selector.namespaces,
        context.namespaces(peer.selector.namespaces).isEmpty,
        !wellKnownNamespaces.contains(where: { selector.matches($0) })
      else { return nil }
      let near = spelling.hint(selector)
      // A namespace that only something in it told us of may have any labels.
      let unknown = context.unlabelledNamespaces
      let hint =
        near
        ?? (unknown.isEmpty ? nil : "the input does not say how \(list(unknown)) are labelled")
      let names = selector.names
      return Issue(
        peer.provenance,
        names.map { "the input has no namespace \(list($0))" }
          ?? "matches no namespace: none of the input has \(selector.shown)",
        hint: hint, level: near == nil && (names != nil || !unknown.isEmpty) ? .note : nil)
    }
  }
}

/// The labels of namespaces that every cluster has.
let wellKnownNamespaces: [Labels] = ["default", "kube-node-lease", "kube-public", "kube-system"]
  .map { Namespace(name: $0, labels: .none, location: nil).labels }

extension LintContext {
  /// Whether the input says how namespaces are labelled.
  var knowsNamespaceLabels: Bool { cluster.namespaces.values.contains { $0.location != nil } }
}

extension LintContext {
  /// Namespaces without an object in the input, sorted.
  var unlabelledNamespaces: [String] {
    cluster.namespaces.values.filter { $0.location == nil }.map(\.name).sorted()
  }
}

extension LabelSelector {
  /// The names of the namespaces that are selected by name alone; nil for other selectors.
  fileprivate var names: [String]? {
    guard requirements.count == 1,
      case .in("kubernetes.io/metadata.name", let values) = requirements[0]
    else { return nil }
    return values
  }
}
