import Apply
import Backends
import Compiler
import Incremental
import Nftables
import TestSupport
import Testing

/// Compiling change by change, compared with compiling at once.
@Suite struct NodeCompilerTests {
  struct Setting: Sendable, CustomStringConvertible {
    var hasTiers = false
    var scope = Scope(node: "n1")
    var setLimit = 900

    var options: NftablesOptions {
      NftablesOptions(node: "n1", setLimit: setLimit)
    }

    var description: String {
      "tiers \(hasTiers), fail closed \(scope.failsClosed), at most \(setLimit) sets"
    }
  }

  static let settings = [
    Setting(),
    Setting(hasTiers: true),
    Setting(scope: Scope(node: "n1", policesOwnNode: true, failsClosed: true)),
    Setting(hasTiers: true, scope: Scope(node: "n1", failsClosed: true), setLimit: 3),
  ]

  @Test(arguments: settings)
  func `whatever led to them, objects make the ruleset that they make at once`(
    _ setting: Setting
  ) throws {
    for seed in 0..<40 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: setting.hasTiers)
      var compiler = NodeCompiler(node: "n1", scope: setting.scope, options: setting.options)
      for step in 0..<40 {
        _ = compiler.apply(history.changes(upTo: step % 3 == 0 ? 6 : 1))
        let fresh = lower(history.graph(setting.scope), setting.options).ruleset.text
        try #require(compiler.ruleset.text == fresh, "seed \(seed), step \(step)")
      }
    }
  }

  @Test(arguments: settings)
  func `a kernel that gets only the changes holds the whole`(_ setting: Setting) throws {
    for seed in 100..<130 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: setting.hasTiers)
      var compiler = NodeCompiler(node: "n1", scope: setting.scope, options: setting.options)
      let resident = try ResidentRuleset(FakeKernel(), table: "netpolc")
      _ = try resident.commit(
        Transaction(from: resident.installed(), to: compiler.ruleset, table: "netpolc"))
      for step in 0..<40 {
        switch compiler.apply(history.changes(upTo: step % 3 == 0 ? 6 : 1)) {
        case .none: break
        case .whole:
          _ = try resident.commit(
            Transaction(from: resident.installed(), to: compiler.ruleset, table: "netpolc"))
        case .part(let before, let after):
          let transaction = try #require(try resident.transaction(from: before, to: after))
          _ = try resident.commit(transaction)
        }
        let difference = resident.ruleset.difference(to: compiler.ruleset)
        try #require(difference.isEmpty, "seed \(seed), step \(step): \(difference)")
      }
    }
  }

  @Test func `taking everything back in any order leaves nothing`() {
    for seed in 200..<230 as Range<UInt64> {
      var history = ClusterHistory(seed: seed, hasTiers: false)
      var compiler = NodeCompiler(node: "n1", options: NftablesOptions())
      let empty = compiler.ruleset
      for _ in 0..<20 { _ = compiler.apply(history.changes(upTo: 4)) }
      // A dictionary's order is another each time.
      for reference in history.objects.keys { _ = compiler.apply([.removed(reference)]) }
      #expect(compiler.ruleset == empty)
    }
  }
}
