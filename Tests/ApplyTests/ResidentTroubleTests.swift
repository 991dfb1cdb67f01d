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

  @Test func `what is refused is a step of what was sent last`() throws {
    let resident = try ResidentRuleset(FakeKernel(), table: "netpolc")
    func transaction(_ operations: Operation...) -> Transaction {
      Transaction(table: "netpolc", steps: operations.map { Transaction.Step(.ipv4, $0) })
    }
    let map = VerdictMap(name: "m-1", comment: nil, elements: [])
    #expect(
      try resident.commit(transaction(.addTable(comment: nil), .addMap(map))) == .committed)
    let element = VerdictElement(
      address: try #require(IPAddress("10.0.0.1")), comment: nil, verdict: .goto("c-1"))
    let failure = #expect(throws: KernelFailure.self) {
      try resident.commit(
        transaction(
          .addChain(Chain(name: "c-1", comment: nil)), .addVerdicts(map: "m-1", [element]),
          .deleteCounter("absent")))
    }
    guard case .refused(let step, _, _) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(resident.lastSent.steps[step].operation == .deleteCounter("absent"))
  }
}
