import Backends
import Diagnostics
import Kubernetes
import NetSets
import Nftables
import PolicyModel

/// Whose packets the rules of a chain count.
package enum CounterOwner: Hashable, Sendable {
  /// Those that rules of a policy let pass.
  case policy(ObjectReference, Direction)
  /// Those that a policy on trial would deny.
  case audit(ObjectReference, Direction)
  /// Those that no policy let pass to or from pods that policies of a namespace isolate.
  case isolation(namespace: String, Direction)

  /// Whether what a rule with this verdict counts is the owner's: not what goes on to another rule
  /// that counts.
  package func counts(_ verdict: Nftables.Verdict?) -> Bool {
    switch self {
    case .policy: verdict == .accept
    case .audit: verdict == nil
    case .isolation: verdict?.isDenial ?? false
    }
  }
}

/// What a policy does on a node.
package struct PolicyEffect: Hashable, Sendable {
  package let directions: [Direction]
  /// Whether it only tells what it would deny.
  package let isAudited: Bool
  /// The node's pods that it isolates, or would.
  package let pods: [ObjectReference]
}

extension NodeCompiler {
  /// By chain, of each family.
  package mutating func counterOwners() -> [IPFamily: [String: CounterOwner]] {
    var owners: [IPFamily: [String: CounterOwner]] = [:]
    for table in tables {
      var chains: [String: CounterOwner] = [:]
      for (use, entry) in table.policies {
        let side = PolicySide(direction: use.direction, family: table.family)
        for chain in entry.chains(side, selectors.selectors, &names).chains {
          chains[chain.name] =
            entry.policy.tier.isAudited
            ? .audit(use.policy, use.direction) : .policy(use.policy, use.direction)
        }
      }
      for group in table.groups.values where group.isolates {
        let namespace = group.policies.first?.policy.reference.namespace ?? ""
        for chain in group.chains(table.family, selectors.selectors, &names).chains {
          chains[chain.name] = .isolation(namespace: namespace, group.direction)
        }
      }
      owners[table.family] = chains
    }
    return owners
  }

  /// nil for a policy that is not known.
  package func effect(of reference: ObjectReference) -> PolicyEffect? {
    guard let policy = policies[reference] else { return nil }
    let entry = policies.entries[reference]
    let isolated = locals.filter { _, pod in
      pod.groups.values.contains { group in group.policies.contains { $0 === entry } }
    }
    return PolicyEffect(
      directions: Direction.allCases.filter { policy.rules($0) != nil },
      isAudited: policy.tier.isAudited,
      pods: isolated.keys.compactMap { pods[$0]?.reference }.sorted())
  }
}
