import Backends
import Compiler
import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel

/// Every policy of the cluster, found by the pods that it may select.
struct PolicyDirectory {
  private(set) var entries: [ObjectReference: PolicyEntry] = [:]
  private var named: [String: Set<ObjectReference>] = [:]
  private var labelled: Set<ObjectReference> = []

  subscript(reference: ObjectReference) -> PolicyEntry? { entries[reference] }

  mutating func put(_ entry: PolicyEntry) {
    remove(entry.policy.reference)
    entries[entry.policy.reference] = entry
    switch entry.policy.subject.namespaces {
    case .named(let name): named[name, default: []].insert(entry.policy.reference)
    case .labelled: labelled.insert(entry.policy.reference)
    }
  }

  mutating func remove(_ reference: ObjectReference) {
    guard let entry = entries.removeValue(forKey: reference) else { return }
    switch entry.policy.subject.namespaces {
    case .named(let name):
      named[name]?.remove(reference)
      if named[name]?.isEmpty ?? false { named[name] = nil }
    case .labelled: labelled.remove(reference)
    }
  }

  /// Those that select a pod, in the order in which they are asked.
  func selecting(_ pod: Pod, _ pods: PodDirectory) -> [PolicyEntry] {
    candidates(in: pod.reference.namespace ?? "")
      .filter { pods.matches($0.policy.subject, pod) }
      .sorted { $0.policy.isAsked(before: $1.policy) }
  }

  /// Those that may select a pod of the namespace, in no order.
  private func candidates(in namespace: String) -> [PolicyEntry] {
    (named[namespace] ?? []).union(labelled).compactMap { entries[$0] }
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
