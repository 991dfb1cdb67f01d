import Backends
import Diagnostics
import Incremental
import NetSets
import Netfilter
import Nftables
import PolicyModel

/// What a rule counts for: of which policy, and of which part of it.
package struct CountedPart: Hashable, Sendable {
  package let owner: CounterOwner
  /// `ingress[0].from[0] ports[0]`; nil for what denies.
  package let part: String?

  package init(_ owner: CounterOwner, part: String?) {
    self.owner = owner
    self.part = part
  }
}

/// What rules count, added up: rules come and go with policies, and take their counters along.
package struct PacketCounts: Sendable {
  /// What rules of each part have counted since they are looked at, as long as its owner is wanted.
  package private(set) var parts: [CountedPart: PacketCount] = [:]
  private var owners: Set<CounterOwner> = []
  private var seen: [RuleID: PacketCount] = [:]

  private struct RuleID: Hashable {
    let family: IPFamily
    let handle: RuleHandle
  }

  package init() {}

  /// Of each owner, also where it has no rule that counts.
  package var totals: [CounterOwner: PacketCount] {
    var totals = Dictionary(uniqueKeysWithValues: owners.map { ($0, PacketCount()) })
    for (part, count) in parts { totals[part.owner, default: PacketCount()] += count }
    return totals
  }

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
      let part = CountedPart(
        owner, part: owner.isPolicy ? rule.comment.map(policyPart(ofComment:)) : nil)
      let id = RuleID(family: rule.family, handle: rule.handle)
      parts[part, default: PacketCount()] += rule.count.since(seen[id] ?? PacketCount())
      isSeen[id] = rule.count
    }
    seen = isSeen
    let wanted = owners.values.reduce(into: Set()) { $0.formUnion($1.values) }
    self.owners = wanted
    parts = parts.filter { wanted.contains($0.key.owner) }
  }
}

extension CounterOwner {
  fileprivate var isPolicy: Bool {
    switch self {
    case .policy: true
    case .audit, .isolation: false
    }
  }
}
