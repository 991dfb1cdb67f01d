import Backends
import Compiler
import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel

/// Every policy of the cluster, found by the pods that it may select.
struct PolicyDirectory {
  private var policies: [ObjectReference: TierPolicy] = [:]
  /// Those that a pod of the node ever needed. What others become matters to nobody here.
  private(set) var entries: [ObjectReference: PolicyEntry] = [:]
  private var named: [String: Set<ObjectReference>] = [:]
  private var labelled: Set<ObjectReference> = []
  /// Those that are only tried.
  private(set) var audited: Set<ObjectReference> = []

  subscript(reference: ObjectReference) -> TierPolicy? { policies[reference] }

  var count: Int { policies.count }

  var all: [TierPolicy] { Array(policies.values) }

  mutating func put(_ policy: TierPolicy) {
    remove(policy.reference)
    policies[policy.reference] = policy
    if policy.tier.isAudited { audited.insert(policy.reference) }
    switch policy.subject.namespaces {
    case .named(let name): named[name, default: []].insert(policy.reference)
    case .labelled: labelled.insert(policy.reference)
    }
  }

  mutating func remove(_ reference: ObjectReference) {
    guard let policy = policies.removeValue(forKey: reference) else { return }
    entries[reference] = nil
    audited.remove(reference)
    switch policy.subject.namespaces {
    case .named(let name):
      named[name]?.remove(reference)
      if named[name]?.isEmpty ?? false { named[name] = nil }
    case .labelled: labelled.remove(reference)
    }
  }

  /// Those that select a pod, in the order in which they are asked.
  func selecting(_ pod: Pod, _ pods: PodDirectory) -> [TierPolicy] {
    candidates(in: pod.reference.namespace ?? "")
      .filter { pods.matches($0.subject, pod) }
      .sorted { $0.isAsked(before: $1) }
  }

  /// Those that may select a pod of the namespace, in no order.
  private func candidates(in namespace: String) -> [TierPolicy] {
    (named[namespace] ?? []).union(labelled).compactMap { policies[$0] }
  }

  mutating func entry(
    of policy: TierPolicy, _ selectors: inout SelectorTable
  ) -> PolicyEntry {
    if let known = entries[policy.reference] { return known }
    let made = PolicyEntry(policy, resolved: policy.resolved { selectors.id(of: $0) })
    entries[policy.reference] = made
    return made
  }
}

/// A policy with what it becomes, which is worked out when a pod needs it.
final class PolicyEntry {
  let policy: TierPolicy
  /// Its peers as numbers of `SelectorTable`.
  let resolved: GraphPolicy
  private var lowered: [PolicySide: LoweredChains] = [:]

  init(_ policy: TierPolicy, resolved: GraphPolicy) {
    self.policy = policy
    self.resolved = resolved
  }

  /// What rules of it name, as far as they were needed.
  var uses: [SetUses] { lowered.values.map(\.uses) }

  func chains(_ side: PolicySide, _ selectors: [PodSelector], _ names: inout Names) -> LoweredChains
  {
    if let known = lowered[side] { return known }
    let made = LoweredChains(side.family, selectors, &names) {
      $0.chains(of: resolved, side.direction)
    }
    lowered[side] = made
    return made
  }
}

/// What a policy or group is lowered for.
struct PolicySide: Hashable {
  let direction: Direction
  let family: IPFamily
}

/// Chains, and the sets that their rules name.
struct LoweredChains {
  let chains: [Chain]
  let uses: SetUses

  init(
    _ family: IPFamily, _ selectors: [PodSelector], _ names: inout Names,
    _ lower: (inout PolicyLowering) -> [Chain]
  ) {
    var lowering = PolicyLowering(
      naming: SetNaming(family: family, selectors: selectors, names: names))
    chains = lower(&lowering)
    uses = lowering.naming.uses
    names = lowering.naming.names
  }
}
