import Backends
import Glibc
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  /// What is in the kernel depends on what is wanted, not on what was there before.
  @Suite struct TransactionTests {
    private func ruleset(_ seed: UInt64) -> Ruleset {
      let random = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
      let options = NftablesOptions(node: "n1", setLimit: seed % 3 == 0 ? 1 : 900)
      return lower(random.graph, options).ruleset
    }

    @Test func `a walk through 100 rulesets goes as in the fake kernel`() throws {
      let real = try KernelFixture()
      let fake = FakeKernel()
      for seed: UInt64 in 0..<100 {
        // Every tenth is none, every seventh that of a policy less.
        let wanted =
          seed % 10 == 9
          ? Ruleset()
          : seed % 7 == 6
            ? lower(
              RandomCluster(seed: seed - 1, hasTiers: seed % 2 == 1).graph(withoutPolicy: 0),
              NftablesOptions(node: "n1")
            ).ruleset : ruleset(seed)
        let before = try real.read()
        try real.apply(wanted, isDryRun: true)
        #expect(try real.read() == before, "a dry run changes nothing, seed \(seed)")
        let plan = try real.apply(wanted)
        let after = try real.read()
        expectKept(before, plan, after, "seed \(seed)")

        let installed = try fake.read(table: KernelFixture.table)
        let fakePlan = Transaction(from: installed, to: wanted, table: KernelFixture.table)
        try fake.commit(fakePlan, onGeneration: installed.generation, isDryRun: false)
        let expected = try fake.read(table: KernelFixture.table).ruleset
        #expect(after.ruleset == expected, "seed \(seed)")
        #expect(try real.listing() == expected.listing, "seed \(seed)")
        #expect(try real.apply(wanted).isEmpty, "seed \(seed)")
      }
    }

    /// Rules that the plan does not delete are there as they were, under the same handles.
    private func expectKept(
      _ before: Installed, _ plan: Transaction, _ after: Installed, _ comment: Comment
    ) {
      var kept = rules(of: before)
      for step in plan.steps {
        switch step.operation {
        case .deleteTable: kept = kept.filter { $0.key.family != step.family }
        case .deleteRule(let chain, let handle):
          kept[RulePlace(family: step.family, chain: chain, handle: handle)] = nil
        case .flushChain(let chain):
          kept = kept.filter { $0.key.family != step.family || $0.key.chain != chain }
        default: break
        }
      }
      let now = rules(of: after)
      for (place, rule) in kept { #expect(now[place] == rule, comment) }
    }

    private struct RulePlace: Hashable {
      let family: IPFamily
      let chain: String
      let handle: RuleHandle
    }

    private func rules(of installed: Installed) -> [RulePlace: Rule] {
      var rules: [RulePlace: Rule] = [:]
      for table in installed.ruleset.tables {
        for chain in table.chains {
          let handles = installed.handles[Installed.ChainName(table.family, chain.name)] ?? []
          #expect(handles.count == chain.rules.count)
          for (handle, rule) in zip(handles, chain.rules) {
            rules[RulePlace(family: table.family, chain: chain.name, handle: handle)] = rule
          }
        }
      }
      return rules
    }

    @Test func `a state that somebody changed since is not written over`() throws {
      let fixture = try KernelFixture()
      let installed = try fixture.read()
      let plan = Transaction(from: installed, to: ruleset(1), table: KernelFixture.table)
      try fixture.load("add table ip somebody")
      for isDryRun in [true, false] {
        #expect(throws: KernelFailure.stale) {
          try fixture.kernel.commit(
            plan, onGeneration: installed.generation, isDryRun: isDryRun)
        }
      }
      #expect(try fixture.read().ruleset == Ruleset())
      try fixture.apply(ruleset(1))
    }

    @Test func `what is read while another writes is whole`() async throws {
      let fixture = try KernelFixture()
      let states = [ruleset(4), ruleset(5), Ruleset()]
      let namespace = fixture.namespace
      let writer = Task.detached {
        let kernel = try NetlinkKernel(in: namespace)
        for round in 0..<150 {
          let installed = try kernel.read(table: KernelFixture.table)
          let plan = Transaction(
            from: installed, to: states[round % 3], table: KernelFixture.table)
          try kernel.commit(plan, onGeneration: installed.generation, isDryRun: false)
        }
      }
      var met: Set<Ruleset> = []
      for _ in 0..<150 {
        do throws(KernelFailure) {
          met.insert(try fixture.kernel.read(table: KernelFixture.table).ruleset)
        } catch {
          guard case .stale = error else { throw error }
        }
      }
      try await writer.value
      // The kernel lists sets in the order in which they came.
      for ruleset in met {
        #expect(states.contains { $0.difference(to: ruleset).isEmpty })
      }
    }

    @Test func `a chain's rules are put before others and taken away one by one`() throws {
      let fixture = try KernelFixture()
      func handles(_ ports: [UInt16]) throws -> [RuleHandle] {
        let rules = ports.map { Rule([.destinationPort($0...$0)], [.counter], .accept) }
        let chain = Chain(name: "pi/a/b", comment: nil, rules: rules)
        let wanted = Ruleset(
          Table(family: .ipv4, name: KernelFixture.table, comment: nil, chains: [chain]))
        try fixture.apply(wanted)
        let installed = try fixture.read()
        #expect(installed.ruleset == wanted)
        return installed.handles[Installed.ChainName(.ipv4, "pi/a/b")] ?? []
      }
      let first = try handles([80, 443])
      let second = try handles([53, 80, 90, 443, 8080])
      #expect([second[1], second[3]] == first)
      #expect(Set(second).count == 5)
      #expect(try handles([90]) == [second[2]])
    }
  }
}
