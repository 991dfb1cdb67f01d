import Diagnostics
import Kubernetes
import PolicyModel
import Reports

extension LintRule {
  static let unknownLabel = LintRule(
    "NPC019", "unknown-label", .warning, needs: .pods,
    summary: "A selector names a label or a value that no pod or namespace of the input has.",
    help: """
      In `In`, such a value lets nobody in; in `NotIn` and `DoesNotExist` it keeps nobody out, which
      opens a door quietly. A name that is one slip away from one that is in use is a warning. A value
      in a list with others that nothing has, and nothing is similar to, is a note; in `NotIn` and
      `DoesNotExist` it is none, for whoever excludes may well exclude what is not there.

      Selectors that match nothing at all are NPC001, NPC002 and NPC003, with the same suggestion.
      """
  ) { context in
    let pods = Spelling(context.labels)
    let namespaces = Spelling(context.cluster.namespaces.values.map(\.labels) + wellKnownNamespaces)
    return context.usedSelectors.flatMap { used -> [Issue] in
      var issues: [Issue] = []
      if !context.endpoints(used.selector).isEmpty {
        issues += unknownLabels(used.selector.pods, "pod", pods, used)
      }
      if context.knowsNamespaceLabels, case .labelled(let labels) = used.selector.namespaces,
        !context.namespaces(used.selector.namespaces).isEmpty
      {
        issues += unknownLabels(labels, "namespace", namespaces, used)
      }
      return issues
    }
  }
}

/// A selector where a policy uses it: its subject, or an item of a rule.
private struct UsedSelector {
  let selector: PodSelector
  let policy: ObjectReference
  let path: String
  let location: SourceLocation
}

extension LintContext {
  fileprivate var usedSelectors: [UsedSelector] {
    policies.map {
      UsedSelector(
        selector: $0.subject, policy: $0.reference, path: "podSelector", location: $0.location)
    }
      + podPeers.map {
        UsedSelector(
          selector: $0.selector, policy: $0.provenance.policy,
          path: $0.provenance.path.description, location: $0.provenance.location)
      }
  }
}

private func unknownLabels(
  _ selector: LabelSelector, _ noun: String, _ spelling: Spelling, _ used: UsedSelector
) -> [Issue] {
  func issue(_ words: String, _ hint: String?) -> Issue {
    Issue(
      used.policy, path: used.path, detail: words, "no \(noun) of the input has \(words)",
      at: used.location, hint: hint.map { "did you mean \($0)?" }, level: hint == nil ? .note : nil)
  }
  return selector.requirements.flatMap { requirement -> [Issue] in
    if let near = spelling.key(near: requirement.key) {
      return [issue("the label \(requirement.key)", near)]
    }
    switch requirement {
    case .exists, .doesNotExist: return []
    case .in(let key, let values):
      return values.filter { !spelling.has(key, $0) }.map { value in
        issue(
          "\(key)=\(value)",
          spelling.value(near: value, of: key, besides: values).map { "\(key)=\($0)" })
      }
    case .notIn(let key, let values):
      return values.compactMap { value in
        spelling.value(near: value, of: key, besides: values)
          .map { issue("\(key)=\(value)", "\(key)=\($0)") }
      }
    }
  }
}
