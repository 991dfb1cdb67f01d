import Apply
import NetSets
import Nftables
import Testing

@Suite struct ApplierTests {
  private func ruleset(_ ports: UInt16...) -> Ruleset {
    let rules = ports.map { Rule([.destinationPort($0...$0), .layer4(.tcp)], [.counter], .accept) }
    return Ruleset(tables: [
      Table(
        family: .ipv4, name: "netpolc", comment: nil,
        chains: [Chain(name: "pi/a/b", comment: nil, rules: rules)])
    ])
  }

  @Test func `the second time nothing is sent`() throws {
    let kernel = FakeKernel()
    let applier = Applier(kernel, table: "netpolc")
    #expect(!(try applier.apply(ruleset(80)).transaction.isEmpty))
    #expect(try applier.apply(ruleset(80)).transaction.isEmpty)
    #expect(kernel.committed.count == 1)
  }

  @Test func `a dry run leaves the kernel as it is`() throws {
    let kernel = FakeKernel()
    let applier = Applier(kernel, table: "netpolc")
    let outcome = try applier.apply(ruleset(80), isDryRun: true)
    #expect(!outcome.transaction.isEmpty)
    #expect(try kernel.read(table: "netpolc").ruleset.tables.isEmpty)
  }

  @Test func `a dry run finds jumps that lead back, which the kernel does not`() {
    let chain = Chain(name: "pi/a/b", comment: nil, rules: [Rule([], [], .jump("pi/a/b"))])
    let loop = Ruleset(tables: [
      Table(family: .ipv4, name: "netpolc", comment: nil, chains: [chain])
    ])
    do {
      _ = try Applier(CarelessKernel(), table: "netpolc").apply(loop, isDryRun: true)
      Issue.record("a loop was called fine")
    } catch {
      #expect(error.description.contains("chain pi/a/b leads back to itself"))
    }
  }

  @Test func `what others change meanwhile is read again`() throws {
    let kernel = MeddledKernel(interruptions: 3)
    let outcome = try Applier(kernel, table: "netpolc").apply(ruleset(80))
    #expect(outcome.attempts == 4)
    #expect(try kernel.read(table: "netpolc").ruleset == ruleset(80))
  }

  @Test func `it gives up when others never stop`() {
    let kernel = MeddledKernel(interruptions: .max)
    #expect(throws: ApplyFailure.self) {
      try Applier(kernel, table: "netpolc", patience: .zero).apply(ruleset(80))
    }
  }

  @Test func `a refusal names the change`() throws {
    let wrong = Ruleset(tables: [
      Table(
        family: .ipv4, name: "netpolc", comment: nil,
        chains: [Chain(name: "pi/a/b", comment: nil, rules: [Rule([], [], .jump("no/where"))])])
    ])
    do {
      _ = try Applier(FakeKernel(), table: "netpolc").apply(wrong)
      Issue.record("a jump into nothing was taken")
    } catch {
      #expect(error.description.contains("add rule ip netpolc pi/a/b jump no/where"))
    }
  }

  @Test func `a change whose answer was lost counts as made when nothing is left to do`() throws {
    let outcome = try Applier(TroubledKernel(losesAnswer: true), table: "netpolc").apply(
      ruleset(80))
    #expect(!outcome.transaction.isEmpty)
    #expect(outcome.attempts == 2)
  }

  @Test func `uninstalling removes the tables`() throws {
    let kernel = FakeKernel()
    let applier = Applier(kernel, table: "netpolc")
    _ = try applier.apply(ruleset(80))
    _ = try applier.uninstall()
    #expect(try kernel.read(table: "netpolc").ruleset.tables.isEmpty)
    #expect(try applier.uninstall().transaction.isEmpty)
  }
}

/// A kernel that somebody else writes to, just before each of the first commits.
private final class MeddledKernel: Kernel {
  private let kernel = FakeKernel()
  private var interruptions: Int

  init(interruptions: Int) { self.interruptions = interruptions }

  func read(table: String) throws(KernelFailure) -> Installed { try kernel.read(table: table) }

  func generation() throws(KernelFailure) -> UInt32 { try kernel.generation() }

  func handles(
    of chain: Installed.ChainName, table: String
  ) throws(KernelFailure) -> [RuleHandle] { try kernel.handles(of: chain, table: table) }

  func commit(
    _ transaction: Transaction, onGeneration generation: UInt32, isDryRun: Bool
  ) throws(KernelFailure) {
    if interruptions > 0 {
      interruptions -= 1
      throw .stale
    }
    try kernel.commit(transaction, onGeneration: generation, isDryRun: isDryRun)
  }
}

/// A kernel that finds nothing wrong with anything.
private struct CarelessKernel: Kernel {
  func read(table: String) throws(KernelFailure) -> Installed {
    Installed(generation: 1, ruleset: Ruleset(tables: []), handles: [:])
  }

  func generation() throws(KernelFailure) -> UInt32 { 1 }

  func handles(
    of chain: Installed.ChainName, table: String
  ) throws(KernelFailure) -> [RuleHandle] { [] }

  func commit(
    _ transaction: Transaction, onGeneration generation: UInt32, isDryRun: Bool
  ) throws(KernelFailure) {}
}
