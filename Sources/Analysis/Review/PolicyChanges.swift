import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// What was done to policies, in words and with the line.
struct PolicyChanges: Sendable {
  private let base: [ObjectReference: TierPolicy]
  private let head: [ObjectReference: TierPolicy]
  private let baseGraph: PolicyGraph
  private let headGraph: PolicyGraph

  init(from base: ReviewSide, to head: ReviewSide) {
    func byName(_ policies: [TierPolicy]) -> [ObjectReference: TierPolicy] {
      Dictionary(policies.map { ($0.reference, $0) }) { first, _ in first }
    }
    self.base = byName(base.policies)
    self.head = byName(head.policies)
    baseGraph = base.graph
    headGraph = head.graph
  }

  /// The rule that lets a workload connect that only one version has.
  func admitted(by verdict: Verdict, isInBase: Bool) -> [ChangeCause] {
    guard case .allowed(let rule) = verdict else { return [] }
    return [
      ChangeCause(
        "\(rule.policy.qualifiedName) \(rule.path) \(isInBase ? "admitted" : "admits") it",
        at: rule.location, isInBase: isInBase, policy: rule.policy)
    ]
  }

  /// Why one side denied before and allows now.
  func opened(
    _ direction: Direction, _ subject: JointUnit, _ old: Verdict, _ new: Verdict
  ) -> [ChangeCause] {
    if case .denied(let rule) = old {
      return [
        ChangeCause(
          "\(rule.policy.qualifiedName) \(rule.path) no longer denies it", at: rule.location,
          isInBase: true, policy: rule.policy)
      ]
    }
    switch new {
    case .allowed(let rule):
      guard let policy = head[rule.policy] else { return [] }
      guard let before = base[rule.policy] else {
        return [cause("new policy \(rule.policy.qualifiedName) allows it", rule)]
      }
      if let selection = nowSelects(direction, subject, before, policy) { return [selection] }
      return [
        cause(RuleComparison(direction, from: before, to: policy).opened(by: rule), rule)
      ]
    case .notIsolated, .audited, .notPoliced, .exempt:
      guard case .isolated(let policies) = old else { return [] }
      return policies.map { baseGraph.policies[$0] }.map { noLongerSelects(direction, $0) }
    case .denied, .isolated, .unknownPod: return []
    }
  }

  /// Why one side allowed before and denies now.
  func closed(
    _ direction: Direction, _ subject: JointUnit, _ old: Verdict, _ new: Verdict
  ) -> [ChangeCause] {
    if case .denied(let rule) = new {
      return [cause("\(rule.policy.qualifiedName) \(rule.path) denies it", rule)]
    }
    switch old {
    case .allowed(let rule):
      guard let before = base[rule.policy] else { return [] }
      guard let policy = head[rule.policy] else {
        return [cause("policy \(rule.policy.qualifiedName) is gone", rule, isInBase: true)]
      }
      if !selects(policy.reference, subject.head, headGraph, direction) {
        return [narrowed(direction, subject, before, policy)]
      }
      let words = RuleComparison(direction, from: before, to: policy).closed(rule)
      // What is there still is shown where it stands now.
      return [
        ChangeCause(
          words.text, at: words.location ?? rule.location, isInBase: words.location == nil,
          policy: rule.policy)
      ]
    case .notIsolated, .audited, .notPoliced, .exempt:
      guard case .isolated(let policies) = new else { return [] }
      return policies.map { headGraph.policies[$0] }.compactMap { policy in
        guard let before = base[policy.reference] else {
          return ChangeCause(
            "new policy \(policy.reference.qualifiedName) isolates \(subject.named.name)",
            at: policy.location, policy: policy.reference)
        }
        return head[policy.reference].flatMap { nowSelects(direction, subject, before, $0) }
      }
    case .denied, .isolated, .unknownPod: return []
    }
  }

  // MARK: Whom policies select

  private func selects(
    _ policy: ObjectReference, _ unit: Unit?, _ graph: PolicyGraph, _ direction: Direction
  ) -> Bool {
    guard let unit, let group = graph.endpoints[unit.endpoint].group(direction) else {
      return false
    }
    return graph.groups[group].policies.contains { graph.policies[$0].reference == policy }
  }

  /// nil when the policy selected the subject before.
  private func nowSelects(
    _ direction: Direction, _ subject: JointUnit, _ before: TierPolicy, _ policy: TierPolicy
  ) -> ChangeCause? {
    if selects(policy.reference, subject.base, baseGraph, direction) { return nil }
    let name = policy.reference.qualifiedName
    let text: String
    if before.tier.isAudited, !policy.tier.isAudited {
      text = "\(name) is not audited any more: it is enforced"
    } else if before.rules(direction) == nil {
      text = "\(name) now covers \(direction.rawValue) too"
    } else if before.subject != policy.subject {
      text = selectorChange(before.subject, policy.subject)
    } else {
      text = "labels of \(subject.named.name) changed, so that \(name) selects it"
    }
    return ChangeCause(text, at: policy.location, policy: policy.reference)
  }

  private func narrowed(
    _ direction: Direction, _ subject: JointUnit, _ before: TierPolicy, _ policy: TierPolicy
  ) -> ChangeCause {
    let name = policy.reference.qualifiedName
    let text: String
    if policy.tier.isAudited {
      text = "\(name) is audited now: it allows nothing that others deny"
    } else if policy.rules(direction) == nil {
      text = "\(name) no longer covers \(direction.rawValue)"
    } else if before.subject != policy.subject {
      text = selectorChange(before.subject, policy.subject)
    } else {
      text = "labels of \(subject.named.name) changed, so that \(name) no longer selects it"
    }
    return ChangeCause(text, at: policy.location, policy: policy.reference)
  }

  private func noLongerSelects(_ direction: Direction, _ before: GraphPolicy) -> ChangeCause {
    let name = before.reference.qualifiedName
    guard let policy = head[before.reference] else {
      return ChangeCause(
        "policy \(name), which isolated it, is gone", at: before.location, isInBase: true,
        policy: before.reference)
    }
    let text: String
    if policy.tier.isAudited {
      text = "\(name) is audited now: it denies nothing"
    } else if policy.rules(direction) == nil {
      text = "\(name) no longer covers \(direction.rawValue)"
    } else if policy.subject != before.subject {
      text = selectorChange(before.subject, policy.subject)
    } else {
      text = "labels changed, so that \(name) no longer selects it"
    }
    return ChangeCause(text, at: policy.location, policy: policy.reference)
  }

  private func selectorChange(_ before: PodSelector, _ after: PodSelector) -> String {
    func words(_ selector: PodSelector) -> String {
      selector.pods == .everything ? "all pods" : selector.pods.description
    }
    let verb =
      before.pods == .everything ? "narrowed" : after.pods == .everything ? "widened" : "changed"
    return "podSelector \(verb) from \(words(before)) to \(words(after))"
  }

  private func cause(_ text: String, _ rule: Provenance, isInBase: Bool = false) -> ChangeCause {
    ChangeCause(text, at: rule.location, isInBase: isInBase, policy: rule.policy)
  }
}
