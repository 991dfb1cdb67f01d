import Backends
import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// What one family's table holds besides elements of sets and maps: chains by whom they belong to,
/// and which sets they name.
struct TableState {
  let family: IPFamily
  /// Of groups, by their names.
  private(set) var groups: [String: Group] = [:]
  private(set) var policies: [PolicyUse: PolicyEntry] = [:]
  private(set) var uses = SetUses()
  /// The directions in which any policy is tried.
  private(set) var audited: Set<Direction> = []

  /// The rules of a policy for one direction.
  struct PolicyUse: Hashable {
    let policy: ObjectReference
    let direction: Direction
  }

  init(family: IPFamily) { self.family = family }

  /// Whether exactly these are in use.
  func uses(_ groups: [String: Group]) -> Bool {
    groups.count == self.groups.count
      && groups.allSatisfy { self.groups[$0.key] === $0.value }
  }

  /// - Parameter groups: all that local pods with an address of the family are in.
  mutating func use(_ groups: [String: Group], _ selectors: [PodSelector], _ names: inout Names) {
    self.groups = groups
    policies = [:]
    uses = SetUses()
    audited = []
    for group in groups.values {
      uses.formUnion(group.chains(family, selectors, &names).uses)
      for entry in group.policies {
        if entry.policy.tier.isAudited { audited.insert(group.direction) }
        let use = PolicyUse(policy: entry.policy.reference, direction: group.direction)
        if policies.updateValue(entry, forKey: use) != nil { continue }
        let side = PolicySide(direction: group.direction, family: family)
        uses.formUnion(entry.chains(side, selectors, &names).uses)
      }
    }
  }

  // MARK: - Chains

  /// In the order of a whole compile.
  func chains(_ selectors: [PodSelector], _ names: inout Names) -> [Chain] {
    var chains: [Chain] = []
    for direction in Direction.allCases {
      let side = PolicySide(direction: direction, family: family)
      let entries = policies.filter { $0.key.direction == direction }.map(\.value)
      for entry in entries.sorted(by: { $0.policy.isAsked(before: $1.policy) }) {
        chains += entry.chains(side, selectors, &names).chains
      }
    }
    for direction in Direction.allCases {
      for group in groups.values.sorted(by: { $0.name < $1.name })
      where group.direction == direction {
        chains += group.chains(family, selectors, &names).chains
      }
    }
    return chains
  }

  /// The chains that are not the same in another state.
  func chains(
    missingIn other: TableState, _ selectors: [PodSelector], _ names: inout Names
  ) -> [Chain] {
    var chains: [Chain] = []
    for (use, entry) in policies where other.policies[use] !== entry {
      let side = PolicySide(direction: use.direction, family: family)
      chains += entry.chains(side, selectors, &names).chains
    }
    for (name, group) in groups where other.groups[name] !== group {
      chains += group.chains(family, selectors, &names).chains
    }
    return chains
  }
}
