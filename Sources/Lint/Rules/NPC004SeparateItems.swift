import Diagnostics
import Kubernetes
import PolicyModel
import Reports

extension LintRule {
  static let separateItems = LintRule(
    "NPC004", "selectors-in-separate-items", .warning, needs: .objects,
    summary: "A namespaceSelector and the podSelector after it are two items, so either is enough.",
    help: """
      One dash decides. As two items, *every* pod of the selected namespaces is a peer, and besides
      them the pods of the policy's *own* namespace that have the labels:

      ```yaml
      from:
      - namespaceSelector: {matchLabels: {team: observability}}
      - podSelector: {matchLabels: {app: prometheus}}    # another item: OR
      ```

      As one item, only pods with those labels in those namespaces are:

      ```yaml
      from:
      - namespaceSelector: {matchLabels: {team: observability}}
        podSelector: {matchLabels: {app: prometheus}}    # the same item: AND
      ```

      Where two items are meant, put the `podSelector` first, or suppress the finding with the reason.
      """
  ) { context in
    context.policies.flatMap(\.allRules).flatMap { direction, rule -> [Issue] in
      let peers = rule.peers ?? []
      return zip(peers, peers.dropFirst()).compactMap { first, second in
        guard context.isLoneNamespaceSelector(first), case .pods(let all) = first.match,
          case .pods(let own) = second.match, case .named = own.namespaces,
          !own.pods.requirements.isEmpty, case .labelled(let namespaces) = all.namespaces
        else { return nil }
        let verb = direction == .ingress ? "admits" : "allows"
        let count = counted(context.namespaces(all.namespaces).count, "namespace")
        return Issue(
          first.provenance,
          "namespaceSelector \(namespaces.shown) is its own item, so it \(verb) every pod of \(count);"
            + " podSelector \(own.pods.shown) then matches \(context.count(context.endpoints(own)))"
            + " of namespace \(second.provenance.policy.namespace ?? "default")",
          hint: "did you mean one item with both?")
      }
    }
  }
}

extension LintContext {
  /// `namespaceSelector` with `podSelector: {}` means the same, and was written on purpose.
  fileprivate func isLoneNamespaceSelector(_ peer: RulePeer) -> Bool {
    let path = FieldPath.root.key("spec").appending(peer.provenance.path)
    guard let item = written[peer.provenance.policy]?.field(at: path) else { return false }
    return item["namespaceSelector"] != nil && item["podSelector"] == nil
  }
}

extension FieldPath {
  /// This way, and then another from where it ends.
  func appending(_ other: FieldPath) -> FieldPath {
    switch other {
    case .root: self
    case .member(let key, let parent): .member(key, of: appending(parent))
    case .item(let index, let parent): .item(index, of: appending(parent))
    }
  }
}
