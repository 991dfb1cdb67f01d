import Backends
import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// The policies that isolate some local pods in a direction, in the order in which they are asked.
final class Group {
  let direction: Direction
  let policies: [PolicyEntry]
  let name: String
  private var lowered: [IPFamily: LoweredChains] = [:]

  init(_ direction: Direction, _ policies: [PolicyEntry], name: String) {
    self.direction = direction
    self.policies = policies
    self.name = name
  }

  /// Whether any of its policies is more than tried.
  var isolates: Bool { policies.contains { !$0.policy.tier.isAudited } }

  /// What its rules name, as far as they were needed.
  var uses: [SetUses] { lowered.values.map(\.uses) }

  func chains(_ family: IPFamily, _ selectors: [PodSelector], _ names: inout Names) -> LoweredChains
  {
    if let known = lowered[family] { return known }
    let made = LoweredChains(family, selectors, &names) {
      $0.chains(ofGroup: name, tiers, direction)
    }
    lowered[family] = made
    return made
  }

  private var tiers: [PolicyLowering.TierPart] {
    var tiers: [(tier: Tier, policies: [GraphPolicy])] = []
    for entry in policies {
      if tiers.last?.tier == entry.policy.tier {
        tiers[tiers.count - 1].policies.append(entry.resolved)
      } else {
        tiers.append((entry.policy.tier, [entry.resolved]))
      }
    }
    return tiers.map { PolicyLowering.TierPart(tier: $0.tier, policies: $0.policies) }
  }
}

/// The groups that local pods are in.
struct GroupTable {
  private var groups: [Key: Group] = [:]

  private struct Key: Hashable {
    let direction: Direction
    /// A policy that changes is another entry, so that its groups are others too.
    let policies: [ObjectIdentifier]
  }

  /// - Parameter policies: in the order in which they are asked; nil for none.
  mutating func group(
    _ direction: Direction, _ policies: [PolicyEntry], _ names: inout Names
  ) -> Group? {
    if policies.isEmpty { return nil }
    let key = Key(direction: direction, policies: policies.map { ObjectIdentifier($0) })
    if let known = groups[key] { return known }
    let identity = policies.map(\.resolved).groupIdentity
    let group = Group(direction, policies, name: names.group(direction, identity))
    groups[key] = group
    return group
  }

  /// Forgets all others.
  mutating func keep(_ used: Set<ObjectIdentifier>) {
    groups = groups.filter { used.contains(ObjectIdentifier($0.value)) }
  }
}
