import Apply
import Backends
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

/// What a resident ruleset has in memory is what is there, whatever happened.
@Suite struct ResidentTests {
  @Test(arguments: 0..<UInt64(8))
  func `memory is what the fake kernel holds after any walk`(_ seed: UInt64) throws {
    let kernel = FakeKernel()
    var walk = try Walk(seed: seed, kernel, besides: kernel)
    for step in 0..<60 { try walk.step("seed \(seed), step \(step)") }
    #expect(walk.outcomes.contains(.committed))
    #expect(walk.outcomes.contains(.read(.stale)))
  }

  @Test func `a refused transaction changes neither`() throws {
    let kernel = FakeKernel()
    let resident = try ResidentRuleset(kernel, table: KernelFixture.table)
    let missing = Transaction(
      table: KernelFixture.table,
      steps: [
        Transaction.Step(.ipv4, .addTable(comment: nil)),
        Transaction.Step(.ipv4, .deleteCounter("deny-in")),
      ])
    #expect(throws: KernelFailure.self) { try resident.commit(missing) }
    #expect(resident.ruleset == Ruleset())
    #expect(try !resident.refresh())
  }
}

extension RealKernel {
  @Suite struct ResidentRulesetTests {
    @Test func `memory is what the kernel holds after any walk`() throws {
      for seed: UInt64 in 0..<4 {
        let fixture = try KernelFixture()
        let other = try NetlinkKernel(in: fixture.namespace)
        var walk = try Walk(seed: seed, fixture.kernel, besides: other)
        for step in 0..<60 { try walk.step("seed \(seed), step \(step)") }
        #expect(walk.outcomes.contains(.committed))
        #expect(walk.outcomes.contains(.read(.stale)))
      }
    }
  }
}

/// Random changes through a resident ruleset, and some past it.
private struct Walk<Target: Kernel> {
  private let kernel: Target
  private let other: Target
  private let resident: ResidentRuleset<Target>
  private var random: SplitMix64
  private(set) var outcomes: Set<ResidentRuleset<Target>.Outcome> = []

  init(seed: UInt64, _ kernel: Target, besides other: Target) throws {
    self.kernel = kernel
    self.other = other
    random = SplitMix64(seed: seed)
    resident = try ResidentRuleset(kernel, table: KernelFixture.table)
    try replace()
  }

  mutating func step(_ comment: Comment) throws {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: try replace()
    case 1: try meddle()
    case 2...5: try editChain()
    default: try changeElements()
    }
    let fresh = try kernel.read(table: KernelFixture.table)
    #expect(resident.ruleset == fresh.ruleset, comment)
    #expect(resident.generation == fresh.generation, comment)
    if Bool.random(using: &random) { #expect(try resident.installed() == fresh, comment) }
  }

  /// The full plan to another ruleset.
  private mutating func replace() throws {
    let wanted = ruleset()
    let plan = Transaction(
      from: try resident.installed(), to: wanted, table: KernelFixture.table)
    outcomes.insert(try resident.commit(plan))
    #expect(resident.ruleset.difference(to: wanted).isEmpty)
  }

  private mutating func ruleset() -> Ruleset {
    let seed = UInt64.random(in: 0..<1000, using: &random)
    let graph = RandomCluster(seed: seed, hasTiers: false).graph
    return lower(graph, NftablesOptions(node: "n1")).ruleset
  }

  /// Somebody else writes, and then we do, on what we remember.
  private mutating func meddle() throws {
    let installed = try other.read(table: KernelFixture.table)
    let plan = Transaction(from: installed, to: ruleset(), table: KernelFixture.table)
    try other.commit(plan, onGeneration: installed.generation, isDryRun: false)
    let ours = Transaction(
      table: KernelFixture.table, steps: [Transaction.Step(.ipv4, .deleteTable)])
    outcomes.insert(try resident.commit(plan.isEmpty ? Transaction(table: ours.table) : ours))
  }

  private mutating func editChain() throws {
    guard let table = resident.ruleset.tables.randomElement(using: &random),
      let chain = table.chains.randomElement(using: &random)
    else { return }
    var rules = chain.rules
    let new = (0..<2).map { Rule([.layer4(IPProtocol(number: UInt8(200 + $0)))], [.counter], nil) }
    rules += new[..<Int.random(in: 0...2, using: &random)]
    rules.shuffle(using: &random)
    rules.removeLast(Int.random(in: 0...min(2, rules.count), using: &random))
    guard let steps = try resident.edits(table.family, chain: chain.name, to: rules) else {
      Issue.record("nobody else wrote")
      return
    }
    outcomes.insert(
      try resident.commit(Transaction(table: KernelFixture.table, steps: steps)))
  }

  private mutating func changeElements() throws {
    guard let table = resident.ruleset.tables.randomElement(using: &random) else { return }
    var steps: [Transaction.Step] = []
    for set in table.sets {
      let old = set.content.elements
      let new = (0..<20).map { _ in element(like: set.content, table.family) }.compactMap(\.self)
      let added = Set(new).subtracting(old)
      let removed = old.filter { _ in Bool.random(using: &random) }
      steps.append(Transaction.Step(table.family, .addElements(set: set.name, Array(added))))
      steps.append(Transaction.Step(table.family, .deleteElements(set: set.name, removed)))
    }
    for map in table.maps {
      let removed = map.elements.map(\.address).filter { _ in Bool.random(using: &random) }
      let new = VerdictElement(
        address: IPAddress(family: table.family, bits: 7), comment: "x", verdict: .goto("g-open"))
      steps.append(Transaction.Step(table.family, .deleteVerdicts(map: map.name, removed)))
      if removed.contains(new.address) || !map.elements.map(\.address).contains(new.address) {
        steps.append(Transaction.Step(table.family, .addVerdicts(map: map.name, [new])))
      }
    }
    outcomes.insert(
      try resident.commit(Transaction(table: KernelFixture.table, steps: steps)))
  }

  private mutating func element(like content: SetContent, _ family: IPFamily) -> SetElement? {
    let address = IPAddress(family: family, bits: UInt128.random(in: 0...999, using: &random))
    return switch content {
    case .addresses: .address(address)
    case .endpoints: .endpoint(EndpointKey(address: address, transport: .udp, port: 53))
    case .intervals, .flows: nil
    }
  }
}
