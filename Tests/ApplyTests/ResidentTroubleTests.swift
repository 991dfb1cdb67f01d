import Apply
import NetSets
import Nftables
import Testing

/// What a resident ruleset does when a commit does not go as it should.
@Suite struct ResidentTroubleTests {
  private let addition = Transaction(
    table: "netpolc",
    steps: [
      Transaction.Step(.ipv4, .addTable(comment: nil)),
      Transaction.Step(.ipv4, .addCounter(NamedCounter(name: "c-1", comment: nil))),
    ])

  private var added: Ruleset {
    Ruleset(tables: [
      Table(
        family: .ipv4, name: "netpolc", comment: nil,
        counters: [NamedCounter(name: "c-1", comment: nil)])
    ])
  }

  @Test func `an answer that is lost is made up for by reading`() throws {
    let resident = try ResidentRuleset(TroubledKernel(losesAnswer: true), table: "netpolc")
    #expect(try resident.commit(addition) == .read(.unknown))
    #expect(resident.ruleset == added)
    #expect(try !resident.refresh())
  }

  @Test func `what others write right after a commit is read`() throws {
    let resident = try ResidentRuleset(TroubledKernel(isFollowed: true), table: "netpolc")
    #expect(try resident.commit(addition) == .committedAndRead)
    let table = resident.ruleset.tables.first
    #expect(table?.counters.map(\.name) == ["c-1", "c-2"])
    #expect(try !resident.refresh())
  }

  @Test func `what others wrote is seen when asked for`() throws {
    let kernel = FakeKernel()
    let resident = try ResidentRuleset(kernel, table: "netpolc")
    try kernel.commit(addition, onGeneration: resident.generation, isDryRun: false)
    #expect(try resident.refresh())
    #expect(resident.ruleset == added)
  }

  @Test func `a transaction that changes nothing is not sent`() throws {
    let kernel = FakeKernel()
    let resident = try ResidentRuleset(kernel, table: "netpolc")
    let nothing = Transaction(
      table: "netpolc", steps: [Transaction.Step(.ipv4, .addElements(set: "p-1", []))])
    #expect(try resident.commit(nothing) == .committed)
    #expect(kernel.committed.isEmpty)
  }
}

/// A kernel whose answers get lost, or to which somebody else writes after each commit.
private struct TroubledKernel: Kernel {
  private let kernel = FakeKernel()
  private let losesAnswer: Bool
  private let isFollowed: Bool

  init(losesAnswer: Bool = false, isFollowed: Bool = false) {
    self.losesAnswer = losesAnswer
    self.isFollowed = isFollowed
  }

  func read(table: String) throws(KernelFailure) -> Installed { try kernel.read(table: table) }

  func generation() throws(KernelFailure) -> UInt32 { try kernel.generation() }

  func handles(
    of chain: Installed.ChainName, table: String
  ) throws(KernelFailure) -> [RuleHandle] { try kernel.handles(of: chain, table: table) }

  func commit(
    _ transaction: Transaction, onGeneration generation: UInt32, isDryRun: Bool
  ) throws(KernelFailure) {
    try kernel.commit(transaction, onGeneration: generation, isDryRun: isDryRun)
    if isFollowed {
      let theirs = Transaction(
        table: transaction.table,
        steps: [
          Transaction.Step(.ipv4, .addCounter(NamedCounter(name: "c-2", comment: nil)))
        ])
      try kernel.commit(theirs, onGeneration: try kernel.generation(), isDryRun: false)
    }
    if losesAnswer { throw .unknown }
  }
}
