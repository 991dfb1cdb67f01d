import Kubernetes
import NetSets
import PolicyModel

/// Whether one part of a policy lies inside another whatever the cluster holds. `false` is only "not
/// for certain".

func isInside(_ part: PolicyRule, _ whole: PolicyRule) -> Bool {
  guard part.action == whole.action else { return false }
  return isInside(part.peers, whole.peers) { isInside($0.match, $1.match) }
    && isInside(part.ports, whole.ports) { isInside($0, $1) }
}

/// nil is everything.
private func isInside<Item>(
  _ part: [Item]?, _ whole: [Item]?, _ isInside: (Item, Item) -> Bool
) -> Bool {
  guard let whole else { return true }
  guard let part else { return false }
  return part.allSatisfy { item in whole.contains { isInside(item, $0) } }
}

func isInside(_ part: RulePeer.Match, _ whole: RulePeer.Match) -> Bool {
  switch (part, whole) {
  case (.block(let part), .block(let whole)):
    part.family == whole.family && part.addresses.subtracting(whole.addresses).isEmpty
  case (.pods(let part), .pods(let whole)):
    isInside(part.namespaces, whole.namespaces) && isInside(part.pods, whole.pods)
  case (.block, .pods), (.pods, .block): false
  }
}

func isInside(_ part: RulePort, _ whole: RulePort) -> Bool {
  guard part.transport == whole.transport else { return false }
  return switch (part.match, whole.match) {
  case (_, .any): true
  case (.numbers(let part), .numbers(let whole)):
    whole.contains(part.lowerBound) && whole.contains(part.upperBound)
  case (.named(let part), .named(let whole)): part == whole
  case (.any, _), (.named, .numbers), (.numbers, .named): false
  }
}

private func isInside(
  _ part: PodSelector.NamespaceMatch, _ whole: PodSelector.NamespaceMatch
) -> Bool {
  switch (part, whole) {
  case (.named(let part), .named(let whole)): part == whole
  case (.labelled(let part), .labelled(let whole)): isInside(part, whole)
  case (.named(let name), .labelled(let whole)):
    // Of all labels, only this one is every namespace's.
    isInside(LabelSelector([.in(key: "kubernetes.io/metadata.name", values: [name])]), whole)
  case (.labelled(let part), .named(let name)):
    part.requirements.contains(.in(key: "kubernetes.io/metadata.name", values: [name]))
  }
}

func isInside(_ part: LabelSelector, _ whole: LabelSelector) -> Bool {
  whole.requirements.allSatisfy { demand in
    part.requirements.contains { implies($0, demand) }
  }
}

private func implies(
  _ given: LabelSelector.Requirement, _ demand: LabelSelector.Requirement
) -> Bool {
  guard given.key == demand.key else { return false }
  return switch (given, demand) {
  case (.in(_, let given), .in(_, let demand)): Set(given).isSubset(of: demand)
  case (.in(_, let given), .notIn(_, let demand)): Set(given).isDisjoint(with: demand)
  case (.notIn(_, let given), .notIn(_, let demand)): Set(demand).isSubset(of: given)
  case (.in, .exists), (.exists, .exists), (.doesNotExist, .doesNotExist), (.doesNotExist, .notIn):
    true
  case (.in, .doesNotExist), (.notIn, .in), (.notIn, .exists), (.notIn, .doesNotExist),
    (.exists, .in), (.exists, .notIn), (.exists, .doesNotExist), (.doesNotExist, .in),
    (.doesNotExist, .exists):
    false
  }
}
