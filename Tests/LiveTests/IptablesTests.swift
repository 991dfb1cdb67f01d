import Apply
import Backends
import Compiler
import Host
import Iptables
import NetSets
import PolicyModel
import TestSupport
import Testing

extension Live {
  /// Real packets through rules of iptables with sets of ipset, in both of its variants.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct IptablesTests {
    @Test(arguments: IptablesVariant.allCases, 0..<UInt64(10))
    func `iptables decides real packets as the graph does`(
      _ variant: IptablesVariant, _ seed: UInt64
    ) throws {
      let random = RandomCluster(seed: 7000 + seed, hasTiers: seed % 4 == 0)
      let scope = Scope(
        node: "n1", policesOwnNode: seed % 2 == 0, failsClosed: seed % 4 == 1)
      let graph = random.graph(for: scope)
      let options = IptablesOptions(
        deny: seed % 8 == 7 ? .reject : .drop, denyLog: seed % 5 == 3 ? DenyLogging() : nil)
      let filter = lower(graph, options).filter
      let world = World(graph)
      let laboratory = try Laboratory(hosts: world.hosts, nodeAddresses: world.nodeAddresses)
      // The second changes nothing.
      for _ in 0..<2 {
        let result = try laboratory.load(filter, variant)
        #expect(result.succeeded && result.errors == "", "\(result.errors)\n\(filter.script)")
        try expectAsPrinted(filter, variant, in: laboratory)
      }
      let (attempts, connections) = world.attempts
      let delivered = try laboratory.run(attempts)
      for (index, connection) in connections.enumerated() {
        let decision = graph.decision(on: connection)
        #expect(
          delivered[index] == decision.isAllowed,
          "seed \(seed): \(attempts[index]) \(decision)\n\(filter.script)")
      }
    }

    @Test(arguments: IptablesVariant.allCases)
    func `a second cluster leaves nothing of the first, and others' rules alone`(
      _ variant: IptablesVariant
    ) throws {
      let laboratory = try LabFixture().laboratory()
      let theirs = """
        ipset create npc-other hash:ip && ipset add npc-other 192.0.2.7 \
        && for command in iptables ip6tables; do \
        $command-\(variant) -N OTHER && $command-\(variant) -A OTHER -p udp -j ACCEPT \
        && $command-\(variant) -A FORWARD -j OTHER || exit; done
        """
      #expect(try laboratory.runInNode(["sh", "-ec", theirs]).succeeded)
      let before = try IPFamily.allCases.map { try laboratory.rules($0, variant) }
      for seed in 0..<6 as Range<UInt64> {
        // Every other polices the node's input too.
        let scope = Scope(node: "n1", policesOwnNode: seed % 2 == 0)
        let graph = RandomCluster(seed: 100 + seed, hasTiers: true).graph(for: scope)
        let filter = lower(graph, IptablesOptions()).filter
        let result = try laboratory.load(filter, variant)
        #expect(result.succeeded && result.errors == "", "\(result.errors)")
        for (family, before) in zip(IPFamily.allCases, before) {
          let after = try laboratory.rules(family, variant)
          let lines = after.split(separator: "\n").filter { $0.contains("NPC-") }.map(String.init)
          let own = filter.listing(family).filter { $0.contains("NPC-") }
          #expect(lines.sorted() == own, "seed \(seed)")
          let others = after.split(separator: "\n").filter { !$0.contains("NPC-") }
          #expect(others == before.split(separator: "\n"))
          // Ours is asked first, also when others came before it.
          #expect(
            try firstForwardRule(family, variant, laboratory) == "-A FORWARD -j NPC-FORWARD")
        }
        let sets = try laboratory.sets().filter { !$0.contains("npc-other") }
        #expect(sets == filter.setListing)
        #expect(try laboratory.sets().contains("add npc-other 192.0.2.7"))
      }
      let any = lower(RandomCluster(seed: 1, hasTiers: false).graph, IptablesOptions()).filter
      let removal = try laboratory.load(any, variant, "remove")
      #expect(removal.succeeded && removal.errors == "", "\(removal.errors)")
      #expect(try IPFamily.allCases.map { try laboratory.rules($0, variant) } == before)
      #expect(try laboratory.runInNode(["ipset", "list", "-n"]).output == "npc-other\n")
    }

    @Test(arguments: IptablesVariant.allCases)
    func `what a killed run left behind does not disturb the next`(
      _ variant: IptablesVariant
    ) throws {
      let laboratory = try LabFixture().laboratory()
      let graph = RandomCluster(seed: 3, hasTiers: false).graph
      let filter = lower(graph, IptablesOptions()).filter
      let set = try #require(filter.sets.first)
      let type = try #require(
        filter.setsText.split(separator: "\n").first { $0.hasPrefix("create \(set.name) ") })
      let half = "\(type.replacing(set.name, with: set.name + "-new"))\n"
      #expect(try laboratory.runInNode(["ipset", "restore"], input: half).succeeded)
      #expect(try laboratory.load(filter, variant).succeeded)
      try expectAsPrinted(filter, variant, in: laboratory)
    }

    /// What alpha sends to gamma is allowed, and what beta sends is denied, by either.
    @Test(arguments: IptablesVariant.allCases)
    func `fifty replacements let nothing through and lose nothing`(
      _ variant: IptablesVariant
    ) throws {
      let selecting = [Policies.ingress("gamma", from: [Policies.pod("alpha")])]
      let blocking = [
        Policies.ingress(
          "gamma",
          from: [
            "ipBlock: {cidr: 10.244.1.0/30, except: [10.244.1.2/32]}",
            "ipBlock: {cidr: 'fd00:244::1:0/126', except: ['fd00:244::1:2/128']}",
          ], name: "blocks"),
        Policies.egress("alpha", to: [Policies.pod("gamma")]),
      ]
      let filters = try [selecting, blocking].map { policies in
        let compilation = try compileText(Policies.manifest(policies), for: Scope(node: "n1"))
        return lower(compilation.graph, IptablesOptions()).filter
      }
      let laboratory = try LabFixture().laboratory()
      #expect(try laboratory.load(filters[0], variant).succeeded)
      let flood = try laboratory.flood(from: ["alpha", "beta"], to: "gamma", port: 9)
      let thread = try BackgroundThread { flood.step() }
      for number in 0..<50 {
        let result = try laboratory.load(filters[(number + 1) % 2], variant)
        #expect(result.succeeded, "\(result.errors)")
      }
      thread.stop()
      for count in flood.counts() {
        #expect(count.sent > 500, "\(count)")
        #expect(count.received == (count.from == "alpha" ? count.sent : 0), "\(count)")
      }
    }

    @Test func `what a family refuses leaves its rules as they were`() throws {
      let laboratory = try LabFixture().laboratory()
      let first = lower(RandomCluster(seed: 1, hasTiers: false).graph, IptablesOptions()).filter
      #expect(try laboratory.load(first, .nft).succeeded)
      // A rule of the user's keeps a chain in use that the next run has to remove.
      let chain = try #require(first.tables[0].chains.last?.name)
      let rule = ["iptables-nft", "-A", "OUTPUT", "-j", chain]
      #expect(try laboratory.runInNode(rule).succeeded)
      let before = try laboratory.rules(.ipv4, .nft)
      let empty = lower(
        PolicyGraph(
          endpoints: [], peerSets: [], policies: [], groups: [], enforcement: Enforcement()),
        IptablesOptions()
      ).filter
      let result = try laboratory.load(empty, .nft)
      #expect(!result.succeeded)
      #expect(try laboratory.rules(.ipv4, .nft) == before)
    }

    private func firstForwardRule(
      _ family: IPFamily, _ variant: IptablesVariant, _ laboratory: Laboratory
    ) throws -> Substring? {
      try laboratory.rules(family, variant).split(separator: "\n")
        .first { $0.hasPrefix("-A FORWARD") }
    }

    private func expectAsPrinted(
      _ filter: PacketFilter, _ variant: IptablesVariant, in laboratory: Laboratory
    ) throws {
      for family in IPFamily.allCases {
        let listed = try laboratory.rules(family, variant).split(separator: "\n").map(String.init)
        #expect(listed.sorted() == filter.listing(family))
      }
      let sets = try laboratory.sets()
      #expect(sets == filter.setListing, "\(Set(sets).symmetricDifference(filter.setListing))")
    }
  }
}
