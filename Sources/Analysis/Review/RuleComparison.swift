import Diagnostics
import NetSets
import PolicyModel

/// One policy's rules in a direction, before and after.
struct RuleComparison {
  private let before: [PolicyRule]
  private let after: [PolicyRule]
  private let list: String

  init(_ direction: Direction, from before: TierPolicy, to after: TierPolicy) {
    self.before = before.rules(direction) ?? []
    self.after = after.rules(direction) ?? []
    list = direction == .ingress ? "from" : "to"
  }

  /// What made the rule, or its item of `from` or `to`, let through what it did not before.
  func opened(by part: Provenance) -> String {
    guard let (rule, peer) = find(part, in: after) else { return "\(part.path) allows it" }
    guard let peer else {
      return closest(to: rule, part, in: before) == nil
        ? "new rule without \(list) admits anyone" : "without \(list) the rule admits anyone"
    }
    if let same = twin(of: peer, in: before) {
      return ports(same, rule) ?? "labels changed, so that \(text(peer)) includes it"
    }
    if let change = blockChange(of: peer, among: before, isOpened: true) { return change }
    guard let earlier = closest(to: rule, part, in: before) else {
      return "new rule admits \(text(peer))"
    }
    if let replaced = replaced(rule, peer, by: earlier) {
      return "\(text(replaced)) became \(text(peer))"
    }
    return "new item of \(list) admits \(text(peer))"
  }

  /// What made the rule, or its item, no longer let through what it did; with the place where it
  /// stands now, if it does.
  func closed(_ part: Provenance) -> (text: String, location: SourceLocation?) {
    guard let (rule, peer) = find(part, in: before) else { return ("\(part.path) is gone", nil) }
    guard let peer else {
      guard let later = closest(to: rule, part, in: after) else {
        return ("rule without \(list), which admitted anyone, is gone", nil)
      }
      return (ports(rule, later) ?? "rule admits less than anyone", later.provenance.location)
    }
    if let same = twin(of: peer, in: after) {
      let text = ports(rule, same) ?? "labels changed, so that \(text(peer)) no longer includes it"
      return (text, same.provenance.location)
    }
    if let change = blockChange(of: peer, among: after, isOpened: false) {
      return (change, blockTwin(of: peer, in: after)?.provenance.location)
    }
    guard let later = closest(to: rule, part, in: after) else {
      return ("rule that admitted \(text(peer)) is gone", nil)
    }
    if let replaced = replaced(rule, peer, by: later) {
      return ("\(text(peer)) became \(text(replaced))", replaced.provenance.location)
    }
    return ("item of \(list) that admitted \(text(peer)) is gone", nil)
  }

  // MARK: Finding the counterpart

  private func find(
    _ part: Provenance, in rules: [PolicyRule]
  ) -> (rule: PolicyRule, peer: RulePeer?)? {
    for rule in rules {
      if rule.provenance == part { return (rule, nil) }
      for peer in rule.peers ?? [] where peer.provenance == part { return (rule, peer) }
    }
    return nil
  }

  /// A rule that names the same peer.
  private func twin(of peer: RulePeer, in rules: [PolicyRule]) -> PolicyRule? {
    rules.first { ($0.peers ?? []).contains { isSame($0.match, peer.match) } }
  }

  private func isSame(_ left: RulePeer.Match, _ right: RulePeer.Match) -> Bool {
    switch (left, right) {
    case (.pods(let first), .pods(let second)): first == second
    case (.block(let first), .block(let second)): first == second
    case (.pods, .block), (.block, .pods): false
    }
  }

  /// The rule that shares a peer, or else that stands where this one does.
  private func closest(
    to rule: PolicyRule, _ part: Provenance, in rules: [PolicyRule]
  ) -> PolicyRule? {
    for peer in rule.peers ?? [] {
      if let twin = twin(of: peer, in: rules) { return twin }
    }
    return rules.first { $0.provenance.path == rule.provenance.path }
  }

  /// The peer that stood where this one stands, when lists are as long as before.
  private func replaced(
    _ rule: PolicyRule, _ peer: RulePeer, by other: PolicyRule
  ) -> RulePeer? {
    guard let peers = rule.peers, let others = other.peers, peers.count == others.count,
      let index = peers.firstIndex(where: { $0.provenance == peer.provenance })
    else { return nil }
    return others[index]
  }

  // MARK: Words

  private func text(_ peer: RulePeer) -> String {
    switch peer.match {
    case .pods(let selector): selector.description
    case .block(let block): block.description
    }
  }

  /// nil when both rules have the same ports.
  private func ports(_ old: PolicyRule, _ new: PolicyRule) -> String? {
    func words(_ rule: PolicyRule) -> String {
      rule.ports.map { $0.map(\.description).joined(separator: ", ") } ?? "every port"
    }
    return words(old) == words(new) ? nil : "ports changed from \(words(old)) to \(words(new))"
  }

  private func blockTwin(of peer: RulePeer, in rules: [PolicyRule]) -> RulePeer? {
    guard case .block(let block) = peer.match else { return nil }
    return rules.lazy.flatMap { $0.peers ?? [] }.first { other in
      if case .block(let twin) = other.match { twin.cidr == block.cidr } else { false }
    }
  }

  private func blockChange(
    of peer: RulePeer, among rules: [PolicyRule], isOpened: Bool
  ) -> String? {
    guard case .block(let block) = peer.match, let twin = blockTwin(of: peer, in: rules),
      case .block(let other) = twin.match
    else { return nil }
    // `other` is the version that excepts more, whichever way the change went.
    let only = other.except.filter { !block.except.contains($0) }
    if only.isEmpty { return nil }
    let listed = only.map(\.description).joined(separator: ", ")
    return isOpened ? "except no longer lists \(listed)" : "except now lists \(listed)"
  }
}
