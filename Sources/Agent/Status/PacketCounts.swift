import Diagnostics
import Incremental
import NetSets
import Netfilter
import Nftables
import PolicyModel

/// What rules count, added up: rules come and go with policies, and take their counters along.
package struct PacketCounts: Sendable {
  /// What each owner's rules have counted since they are looked at.
  package private(set) var totals: [CounterOwner: PacketCount] = [:]
  private var seen: [RuleID: PacketCount] = [:]

  private struct RuleID: Hashable {
    let family: IPFamily
    let handle: RuleHandle
  }

  package init() {}

  /// Takes what all rules have counted by now.
  ///
  /// - Parameter owners: of the chains that are wanted. What others have come to is forgotten.
  package mutating func add(
    _ rules: [RuleCount], of owners: [IPFamily: [String: CounterOwner]]
  ) {
    var isSeen: [RuleID: PacketCount] = [:]
    for rule in rules {
      guard let owner = owners[rule.family]?[rule.chain], owner.counts(rule.verdict) else {
        continue
      }
      let id = RuleID(family: rule.family, handle: rule.handle)
      totals[owner, default: PacketCount()] += rule.count.since(seen[id] ?? PacketCount())
      isSeen[id] = rule.count
    }
    seen = isSeen
    let wanted = owners.values.reduce(into: Set()) { $0.formUnion($1.values) }
    totals = totals.filter { wanted.contains($0.key) }
    for owner in wanted where totals[owner] == nil { totals[owner] = PacketCount() }
  }
}
