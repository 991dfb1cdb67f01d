import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// Policies and groups to chains, in one family. What comes of one depends on nothing but itself,
/// so that it stays as it is while pods and other policies come and go.
package struct PolicyLowering {
  package var naming: SetNaming
  private(set) var sources = SourceMap()

  package init(naming: SetNaming) { self.naming = naming }

  var family: IPFamily { naming.family }

  /// A group's policies of one tier.
  package struct TierPart {
    let tier: Tier
    let policies: [GraphPolicy]

    package init(tier: Tier, policies: [GraphPolicy]) {
      self.tier = tier
      self.policies = policies
    }
  }

  /// The chain of a policy with its sub-chains before it; none where its rules stand in the chains
  /// of its groups.
  package mutating func chains(of policy: GraphPolicy, _ direction: Direction) -> [Chain] {
    if policy.tier.isAudited { return [countingChain(of: policy, direction)] }
    guard isAdditive(policy.tier) else { return [] }
    var chain = ChainBuilder(
      name: Names.policy(policy, direction),
      comment: Comments.identity(policy.reference.description))
    for edge in policy.edges(direction) ?? [] {
      lower(edge, of: policy, direction, verdict: .accept, into: &chain)
    }
    return built(chain)
  }

  /// What a policy on trial would deny, counted for all its groups.
  private func countingChain(of policy: GraphPolicy, _ direction: Direction) -> Chain {
    Chain(
      name: Names.audit(policy, direction),
      comment: Comments.identity(policy.reference.description),
      rules: [
        Rule([], [.counter], nil, comment: Comments.audit(by: [policy], direction))
      ])
  }

  /// A group's chains, one a tier.
  package mutating func chains(
    ofGroup name: String, _ tiers: [TierPart], _ direction: Direction
  ) -> [Chain] {
    let isolates = tiers.contains { !$0.tier.isAudited }
    var chains: [Chain] = []
    for (position, tier) in tiers.enumerated() {
      let next = position + 1 < tiers.count ? tiers[position + 1].tier.name : nil
      chains += tierChain(
        name: position == 0 ? name : "\(name)/\(tier.tier.name)",
        checksNew: position == 0 && isolates, tier,
        passing: next.map { .goto("\(name)/\($0)") } ?? .accept, direction)
    }
    return isolates ? chains : chains + [isolatedOtherwise(name)]
  }

  /// The way to a group that isolates nobody, for pods that are isolated in the other direction.
  private func isolatedOtherwise(_ group: String) -> Chain {
    Chain(
      name: Names.groupOfIsolatedOtherwise(group), comment: "isolated in the other direction only",
      rules: [Rule([], [], .jump(Static.new)), Rule([], [], .goto(group))])
  }

  /// One tier of a group: its policies, then what the tier does with the rest.
  private mutating func tierChain(
    name: String, checksNew: Bool, _ part: TierPart, passing: Nftables.Verdict,
    _ direction: Direction
  ) -> [Chain] {
    let list = part.policies.map(\.reference.qualifiedName).joined(separator: ", ")
    var chain = ChainBuilder(name: name, comment: Comments.identity(list))
    if checksNew { chain.rules.append(Rule([], [], .jump(Static.new))) }
    let deny = Nftables.Verdict.goto(Static.deny(direction))
    for policy in part.policies {
      if isAdditive(part.tier) {
        chain.rules.append(Rule([], [], .jump(Names.policy(policy, direction))))
        continue
      }
      for edge in policy.edges(direction) ?? [] {
        let verdict =
          switch edge.action {
          case .allow: Nftables.Verdict.accept
          case .deny: deny
          case .pass: passing
          }
        lower(edge, of: policy, direction, verdict: verdict, into: &chain)
      }
    }
    switch part.tier.atEnd {
    case .deny:
      // First, so that the counter counts what is denied and nothing else.
      if Static.hasExemptions(family) { chain.rules.append(Rule([], [], .jump(Static.exempt))) }
      chain.rules.append(
        Rule([], [.counter], deny, comment: Comments.isolation(by: part.policies, direction)))
    case .pass: chain.rules.append(Rule([], [], passing))
    case .audit:
      if Static.hasExemptions(family) { chain.rules.append(Rule([], [], .jump(Static.exempt))) }
      let counting = part.policies.map { Names.audit($0, direction) }
      chain.rules += (counting + [Static.audit(direction)]).map { Rule([], [], .jump($0)) }
      chain.rules.append(Rule([], [], passing))
    }
    return built(chain)
  }

  /// Whether the tier's rules only allow, so that their order is nothing and groups can share
  /// their chains.
  private func isAdditive(_ tier: Tier) -> Bool { tier == .networkPolicy }

  private mutating func built(_ builder: ChainBuilder) -> [Chain] {
    for (chain, rule, provenance, port) in builder.origins {
      sources.add(
        SourceMap.Entry(
          family: family, chain: chain, rule: rule, provenance: provenance, port: port))
    }
    return builder.chains
  }
}
