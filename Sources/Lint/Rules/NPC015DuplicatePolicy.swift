import Diagnostics
import PolicyModel
import Reports

extension LintRule {
  static let duplicatePolicy = LintRule(
    "NPC015", "duplicate-policy", .warning, needs: .text,
    summary: "A policy says the same as another one, about the same pods.",
    help: """
      Two policies of one meaning are one policy and a trap: whoever changes or removes the first
      changes nothing, because the second still holds. Remove one. Which selectors, rules, peers and
      ports come first, and how they are written, does not matter to the comparison.
      """
  ) { context in
    var first: [String: TierPolicy] = [:]
    return context.policies.compactMap { policy in
      let key = policy.canonicalText
      guard let original = first[key] else {
        first[key] = policy
        return nil
      }
      return Issue(
        policy.reference,
        "says the same as \(original.reference.qualifiedName), \(original.location.fileAndLine)",
        at: policy.location, hint: "remove one of them")
    }
  }
}

extension TierPolicy {
  /// Equal for policies that say the same.
  fileprivate var canonicalText: String {
    let rules = Direction.allCases.map { direction in
      self.rules(direction).map { sorted($0.map(\.canonicalText)) } ?? "-"
    }
    return "\(tier.name) \(order) \(subject) \(rules)"
  }
}

extension PolicyRule {
  fileprivate var canonicalText: String {
    let peers = peers.map { items in
      sorted(
        items.map { peer in
          switch peer.match {
          case .pods(let selector): selector.description
          case .block(let block): block.description
          }
        })
    }
    let ports = ports.map { sorted($0.map(\.description)) }
    return "\(action) \(peers ?? "anyone") \(ports ?? "everything")"
  }
}

/// A list that counts as a set.
private func sorted(_ items: [String]) -> String { "\(Set(items).sorted())" }
