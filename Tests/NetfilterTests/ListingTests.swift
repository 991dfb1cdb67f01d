import Backends
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  /// What is committed over netlink is what `nft -f` makes of the printed text, and is read back
  /// as what was meant.
  @Suite struct ListingTests {
    private func expectSame(_ ruleset: Ruleset, table: String, _ comment: Comment) throws {
      let ours = try KernelFixture()
      try ours.apply(ruleset, table: table)
      let theirs = try KernelFixture()
      try theirs.load(ruleset.text)
      let listing = try ours.listing()
      #expect(listing == ruleset.listing, comment)
      #expect(try listing == theirs.listing(), comment)
      #expect(try ours.instructions() == theirs.instructions(), comment)
      #expect(try ours.read(table).ruleset == ruleset, comment)
      #expect(try theirs.read(table).ruleset == ruleset, comment)
      #expect(try ours.apply(ruleset, table: table).isEmpty, comment)
    }

    @Test(arguments: 0..<UInt64(8))
    func `200 compiled policies are the same by netlink and by nft`(_ shard: UInt64) throws {
      for seed in shard * 25..<(shard + 1) * 25 {
        let random = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
        let options = NftablesOptions(node: "n1", setLimit: seed % 3 == 0 ? 1 : 900)
        let ruleset = lower(random.graph, options).ruleset
        try expectSame(ruleset, table: KernelFixture.table, "seed \(seed)")
      }
    }

    @Test func `60 random rulesets, with all that can be said, are the same by both`() throws {
      var met: Set<Kind> = []
      for seed: UInt64 in 0..<60 {
        let ruleset = TableMaker.ruleset(seed: seed)
        for table in ruleset.tables { met.formUnion(Kind.all(in: table)) }
        try expectSame(ruleset, table: "t-\(seed)", "seed \(seed)")
      }
      #expect(met == Set(Kind.allCases))
    }
  }
}
