import Apply
import Backends
import Compiler
import Incremental
import Nftables
import TestSupport
import Testing

/// Chains are there one transaction before anything leads to them.
@Suite struct StageTests {
  private let scope = Scope(node: "n1")
  private let options = NftablesOptions(node: "n1")

  /// A kernel that holds a ruleset.
  private func kernel(holding ruleset: Ruleset) throws -> FakeKernel {
    let kernel = FakeKernel()
    _ = try Applier(kernel, table: "netpolc").apply(ruleset)
    return kernel
  }

  private func wanted(_ history: ClusterHistory) -> Ruleset {
    lower(history.graph(scope), options).ruleset
  }

  @Test func `until the last of them packets are decided as before, and then all is there`() throws
  {
    var staged = 0
    for seed in 0..<60 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: seed % 2 == 0)
      _ = history.changes(upTo: 12)
      let kernel = try kernel(holding: wanted(history))
      for _ in 0..<12 {
        _ = history.changes(upTo: 4)
        let before = try kernel.read(table: "netpolc")
        let wanted = wanted(history)
        var generation = before.generation
        let stages = Transaction(from: before, to: wanted, table: "netpolc").stages
        for stage in stages {
          try kernel.commit(stage, onGeneration: generation, isDryRun: false)
          generation = generation.nextGeneration
          if stage == stages.last { break }
          staged += 1
          let between = try kernel.read(table: "netpolc").ruleset
          // What packets can come to is as it was.
          for (old, new) in zip(before.ruleset.tables, between.tables) {
            #expect(old.maps == new.maps)
            let kept = new.chains.filter { chain in old.chains.contains { $0.name == chain.name } }
            #expect(old.chains == kept)
          }
        }
        #expect(try kernel.read(table: "netpolc").ruleset.difference(to: wanted).isEmpty)
      }
    }
    #expect(staged > 50)
  }

  @Test func `no transaction has a verdict to a chain of its own in a map that was there`() throws {
    for seed in 100..<140 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: seed % 2 == 0)
      _ = history.changes(upTo: 12)
      let kernel = try kernel(holding: wanted(history))
      for _ in 0..<12 {
        _ = history.changes(upTo: 4)
        let plan = Transaction(
          from: try kernel.read(table: "netpolc"), to: wanted(history), table: "netpolc")
        for stage in plan.stages {
          var new: Set<String> = []
          for step in stage.steps {
            if case .addChain(let chain) = step.operation { new.insert(chain.name) }
            guard case .addVerdicts(_, let elements) = step.operation else { continue }
            for element in elements {
              if case .goto(let chain) = element.verdict { #expect(!new.contains(chain)) }
            }
          }
        }
        _ = try Applier(kernel, table: "netpolc").apply(wanted(history))
      }
    }
  }
}
