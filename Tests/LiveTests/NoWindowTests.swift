import Apply
import Backends
import Compiler
import Host
import NetSets
import Netfilter
import Nftables
import PolicyModel
import TestSupport
import Testing

extension Live {
  /// There is no moment in which a packet meets half a ruleset, or none.
  @Suite struct NoWindowTests {
    private let node: LiveNode
    private let session: Session<NetlinkKernel>

    init() throws {
      node = try LiveNode()
      session = Session(
        try NetlinkKernel(in: node.laboratory.nodeNamespace), iptables: nil,
        generations: try Generations(directory: node.stateDirectory), table: "netpolc")
    }

    private func ruleset(_ policies: [String]) throws -> Ruleset {
      let compilation = try compileText(Policies.manifest(policies), for: Scope(node: "n1"))
      return lower(compilation.graph, NftablesOptions(node: "n1")).ruleset
    }

    /// What alpha sends to gamma is allowed, and what beta sends is denied, by either.
    private static let bySelector = [Policies.ingress("gamma", from: [Policies.pod("alpha")])]
    private static let byBlock = [
      Policies.ingress(
        "gamma", from: ["ipBlock: {cidr: 10.244.1.1/32}", "ipBlock: {cidr: 'fd00:244::1:1/128'}"],
        name: "blocks"),
      Policies.egress("alpha", to: [Policies.pod("gamma"), Policies.pod("stranger")]),
      Policies.egress("beta", to: Policies.outside),
      Policies.ingress("stranger", from: []), Policies.stranger(1), Policies.stranger(2),
    ]

    /// A policy selects gamma only when it no longer allows beta.
    private static let moving = [
      Policies.ingress(
        "stranger", from: [Policies.pod("alpha"), Policies.pod("beta")], name: "moves"),
      Policies.ingress("gamma", from: [Policies.pod("alpha")], name: "moves"),
    ].map { bySelector + [Policies.stranger(1), $0] }

    /// Sends all the time while changes are made.
    private func counts(during changes: () throws -> Void) throws -> [LabFlood.Count] {
      let flood = try node.laboratory.flood(from: ["alpha", "beta"], to: "gamma", port: 9)
      let thread = try BackgroundThread { flood.step() }
      #expect(eventually { flood.counts().allSatisfy { $0.sent > 100 } })
      try changes()
      thread.stop()
      return flood.counts()
    }

    private func flooding(_ changes: () throws -> Void) throws {
      for count in try counts(during: changes) {
        #expect(count.sent > 500, "\(count)")
        #expect(count.received == (count.from == "alpha" ? count.sent : 0), "\(count)")
      }
    }

    @Test func `a moment without rules would be seen`() throws {
      let ruleset = try ruleset(Self.bySelector)
      _ = try session.apply(.nftables(ruleset))
      let counts = try counts(during: {
        try node.laboratory.nft(["delete", "table", "ip", "netpolc"])
        try node.laboratory.load(ruleset: ruleset.text)
      })
      for count in counts where count.from == "beta" {
        #expect((count.received > 0) == (count.family == .ipv4), "\(count)")
      }
    }

    private static var replacements: Int {
      environment("NOWINDOW").flatMap { Int($0) } ?? 100
    }

    @Test func `a hundred replacements let nothing through and lose nothing`() throws {
      let rulesets = try ([Self.bySelector, Self.byBlock] + Self.moving).map { try ruleset($0) }
      _ = try session.apply(.nftables(rulesets[0]))
      try flooding {
        var most = 0
        for number in 0..<Self.replacements {
          let change = try session.apply(.nftables(rulesets[(number + 1) % rulesets.count]))
          #expect(!change.transaction.isEmpty)
          most = max(most, change.transactionCount)
        }
        #expect(most == 3)
      }
    }

    @Test func `a thousand increments let nothing through and lose nothing`() throws {
      let base = try ruleset(Self.bySelector)
      let others = try [
        ruleset(Self.bySelector + [Policies.ingress("beta", from: [Policies.pod("alpha")])]),
        ruleset(
          Self.bySelector + [Policies.ingress("stranger", from: []), Policies.stranger(1)]),
        ruleset(Self.bySelector + [Policies.egress("alpha", to: [Policies.pod("gamma")])]),
      ]
      _ = try session.apply(.nftables(base))
      try flooding {
        for number in 0..<500 {
          for ruleset in [others[number % others.count], base] {
            let change = try session.apply(.nftables(ruleset))
            #expect(!change.transaction.isEmpty)
          }
        }
      }
      #expect(try session.status().drift.isEmpty)
    }
  }
}
