import Analysis
import Compiler
import Diagnostics
import Lint
import PolicyModel
import Reports
import TestSupport
import Testing

/// NPC013 against what graphs mean: removing what is reported changes no verdict.
@Suite struct ShadowTests {
  @Test(arguments: 0..<UInt64(8))
  func `all shadowed rules can be removed together`(_ shard: UInt64) {
    var count = 0
    for seed in shard * 100..<(shard + 1) * 100 {
      let random = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
      var shadows = Shadows(random.graph)
      let found = shadows.find()
      count += found.count
      if found.isEmpty { continue }
      let after = graph(random, without: Set(found.map(\.rule)))
      #expect(differences(from: random.graph, to: after).isEmpty, "seed \(seed)")
    }
    #expect(count > 2)
  }

  @Test func `rules that cover it only together are both named`() throws {
    let text =
      shop
      + policy(
        "narrow",
        "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80, endPort: 90}]}]}"
      )
      + policy(
        "low",
        "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 70, endPort: 85}]}]}"
      )
      + policy("high", "{podSelector: {}, ingress: [{ports: [{port: 86, endPort: 100}]}]}")
    let finding = try #require(try findings(text, rules: "NPC013").first)
    #expect(finding.object == "NetworkPolicy shop/narrow")
    #expect(finding.message.hasSuffix("by shop/high ingress[0] and shop/low ingress[0]"))
  }

  @Test func `a block is covered by its halves, and a pod's address by the pod`() throws {
    func findings(_ cidr: String, _ peers: String) throws -> [String] {
      let pod = """
        {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, labels: {app: p}}, status: {podIP: 10.0.0.7}}

        """
      return try LintTests.findings(
        pod
          + policy("z-narrow", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: \(cidr)}}]}]}")
          + policy("a-wide", "{podSelector: {}, ingress: [{from: [\(peers)]}]}"), rules: "NPC013"
      ).compactMap(\.object).map { String($0.dropFirst("NetworkPolicy ".count)) }
    }
    let halves = "{ipBlock: {cidr: 10.0.0.0/25}}, {ipBlock: {cidr: 10.0.0.128/25}}"
    #expect(try findings("10.0.0.0/24", halves).contains("shop/z-narrow"))
    #expect(try !findings("10.0.0.0/23", halves).contains("shop/z-narrow"))
    #expect(try findings("10.0.0.7/32", "{podSelector: {}}").contains("shop/z-narrow"))
    #expect(try !findings("10.0.0.6/31", "{podSelector: {}}").contains("shop/z-narrow"))
  }

  @Test func `a rule some of whose peers are nobody yet is not called needless`() throws {
    let text =
      shop
      + policy(
        "a", "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: later}}}]}]}")
      + policy("b", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}")
    #expect(try found(text, rules: "NPC013").isEmpty)
  }

  private func graph(_ random: RandomCluster, without rules: Set<Provenance>) -> PolicyGraph {
    func kept(_ list: [PolicyRule]?) -> [PolicyRule]? {
      list?.filter { !rules.contains($0.provenance) }
    }
    let policies = random.policies.map { policy in
      TierPolicy(
        reference: policy.reference, tier: policy.tier, order: policy.order,
        subject: policy.subject, ingress: kept(policy.ingress), egress: kept(policy.egress),
        location: policy.location)
    }
    var diagnostics = Diagnostics()
    return resolve(policies, in: random.cluster, for: random.scope, &diagnostics)
  }
}
