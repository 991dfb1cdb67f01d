import NetSets
import Nftables
import Testing

/// The fake kernel refuses what the real one does, with the same error.
@Suite struct FakeKernelTests {
  private static let exists: Int32 = 17
  private static let missing: Int32 = 2
  private static let busy: Int32 = 16

  private func address(_ number: Int) -> IPAddress {
    IPAddress(family: .ipv4, bits: UInt128(number))
  }

  private func range(_ lower: Int, _ upper: Int) -> SetElement {
    .range(AddressRange(family: .ipv4, lower: UInt128(lower), upper: UInt128(upper)))
  }

  private func kernel() throws -> FakeKernel {
    let kernel = FakeKernel()
    let table = Table(
      family: .ipv4, name: "netpolc", comment: nil,
      counters: [NamedCounter(name: "c-1", comment: nil)],
      maps: [
        VerdictMap(
          name: "m-1", comment: nil,
          elements: [VerdictElement(address: address(1), comment: nil, verdict: .goto("b-1"))])
      ],
      sets: [
        NamedSet(name: "p-1", comment: nil, content: .hosts([address(1)])),
        NamedSet(
          name: "i-1", comment: nil,
          content: .intervals([AddressRange(family: .ipv4, lower: 10, upper: 19)])),
      ],
      chains: [
        Chain(
          name: "a-1", comment: nil,
          rules: [
            Rule([.addressIn(.source, set: "p-1")], [.namedCounter("c-1")], .jump("d-1")),
            Rule([], [], .lookup(.source, map: "m-1")),
          ]),
        Chain(name: "b-1", comment: nil), Chain(name: "d-1", comment: nil),
      ])
    let installed = try kernel.read(table: "netpolc")
    let plan = Transaction(
      from: installed, to: Ruleset(tables: [table]), table: "netpolc")
    try kernel.commit(plan, onGeneration: installed.generation, isDryRun: false)
    return kernel
  }

  private func expect(_ code: Int32, _ operations: Operation...) throws {
    let kernel = try kernel()
    let before = try kernel.read(table: "netpolc")
    let transaction = Transaction(
      table: "netpolc", steps: operations.map { Transaction.Step(.ipv4, $0) })
    do throws(KernelFailure) {
      try kernel.commit(transaction, onGeneration: before.generation, isDryRun: false)
      Issue.record("\(operations) were taken")
    } catch {
      guard case .refused(let step, code, _) = error, step == operations.count - 1 else {
        Issue.record("\(operations): \(error)")
        return
      }
    }
    #expect(try kernel.read(table: "netpolc") == before)
  }

  @Test func `elements that exist are not added again`() throws {
    let element = VerdictElement(address: address(1), comment: nil, verdict: .accept)
    try expect(Self.exists, .addElements(set: "p-1", [.address(address(1))]))
    try expect(
      Self.exists, .addElements(set: "p-1", [.address(address(2)), .address(address(2))]))
    try expect(Self.exists, .addElements(set: "i-1", [range(15, 30)]))
    try expect(Self.exists, .addVerdicts(map: "m-1", [element]))
  }

  @Test func `elements that are missing are not deleted`() throws {
    try expect(Self.missing, .deleteElements(set: "p-1", [.address(address(2))]))
    try expect(Self.missing, .deleteElements(set: "i-1", [range(10, 18)]))
    try expect(Self.missing, .deleteVerdicts(map: "m-1", [address(2)]))
    try expect(
      Self.missing, .deleteElements(set: "p-1", [.address(address(1)), .address(address(1))]))
  }

  @Test func `what is in use is not deleted`() throws {
    try expect(Self.busy, .deleteSet("p-1"))
    try expect(Self.busy, .deleteMap("m-1"))
    try expect(Self.busy, .deleteCounter("c-1"))
    try expect(Self.busy, .deleteChain("b-1"))
    try expect(Self.busy, .deleteChain("d-1"))
    try expect(Self.busy, .deleteChain("a-1"))
  }
}
