import Backends
import Compiler
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

/// What is in the kernel depends on what is wanted, not on what was there before.
@Suite struct PlanTests {
  private func ruleset(_ seed: UInt64) -> Ruleset {
    let random = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
    return lower(random.graph, NftablesOptions(node: "n1", setLimit: seed % 3 == 0 ? 1 : 900))
      .ruleset
  }

  @Test(arguments: 0..<UInt64(8))
  func `a plan leads from any ruleset to any other, and the next one is empty`(
    _ shard: UInt64
  ) throws {
    let kernel = FakeKernel()
    for seed in shard * 40..<(shard + 1) * 40 {
      let wanted = ruleset(seed)
      let installed = try kernel.read(table: "netpolc")
      let plan = Transaction(from: installed, to: wanted, table: "netpolc")
      try kernel.commit(plan, onGeneration: installed.generation, isDryRun: true)
      #expect(try kernel.read(table: "netpolc") == installed, "a dry run changes nothing")
      try kernel.commit(plan, onGeneration: installed.generation, isDryRun: false)
      let after = try kernel.read(table: "netpolc")
      #expect(after.ruleset.difference(to: wanted).isEmpty, "seed \(seed)")
      for (old, new) in zip(after.ruleset.tables, wanted.tables) {
        let rules = Dictionary(uniqueKeysWithValues: old.chains.map { ($0.name, $0.rules) })
        for chain in new.chains {
          #expect(
            rules[chain.name]?.map(\.verdict) == chain.rules.map(\.verdict),
            "seed \(seed): \(chain.name) has its rules in order")
        }
      }
      #expect(Transaction(from: after, to: wanted, table: "netpolc").isEmpty)
    }
  }

  @Test func `a state that somebody changed since is not written over`() throws {
    let kernel = FakeKernel()
    let installed = try kernel.read(table: "netpolc")
    let plan = Transaction(from: installed, to: ruleset(1), table: "netpolc")
    try kernel.commit(plan, onGeneration: installed.generation, isDryRun: false)
    #expect(throws: KernelFailure.stale) {
      try kernel.commit(plan, onGeneration: installed.generation, isDryRun: false)
    }
  }

  @Test func `rules that stay keep their handles`() throws {
    let kernel = FakeKernel()
    func chain(_ ports: [UInt16]) -> Ruleset {
      let rules = ports.map {
        Rule([.destinationPort($0...$0), .layer4(.tcp)], [.counter], .accept)
      }
      return Ruleset(tables: [
        Table(
          family: .ipv4, name: "netpolc", comment: nil,
          chains: [Chain(name: "pi/a/b", comment: nil, rules: rules)])
      ])
    }
    func apply(_ ports: [UInt16]) throws -> [RuleHandle] {
      let installed = try kernel.read(table: "netpolc")
      let plan = Transaction(from: installed, to: chain(ports), table: "netpolc")
      try kernel.commit(plan, onGeneration: installed.generation, isDryRun: false)
      let handles = try kernel.read(table: "netpolc").handles
      return handles[Installed.ChainName(.ipv4, "pi/a/b")] ?? []
    }
    #expect(try apply([80, 443]) == [1, 2])
    #expect(try apply([53, 80, 443, 8080]) == [3, 1, 2, 4])
    #expect(try apply([53, 443]) == [3, 2])
  }
}
