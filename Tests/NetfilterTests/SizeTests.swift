import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  /// The largest of everything.
  @Suite struct SizeTests {
    private func address(_ family: IPFamily, _ number: Int) -> IPAddress {
      let base: UInt128 = family == .ipv4 ? 0x0a00_0000 : 0xfd00 << 112
      return IPAddress(family: family, bits: base + UInt128(number))
    }

    @Test func `100,000 addresses are written, read and changed`() throws {
      let fixture = try KernelFixture()
      func ruleset(_ numbers: Range<Int>) -> Ruleset {
        Ruleset(
          tables: IPFamily.allCases.map { family in
            let sets = [
              NamedSet(
                name: "p-1", comment: nil,
                content: .addresses(numbers.map { address(family, $0) })),
              NamedSet(
                name: "i-1", comment: nil,
                content: .intervals(
                  (0..<10_000).map { number in
                    let first = address(family, number * 4).bits
                    return AddressRange(family: family, lower: first, upper: first + 2)
                  })),
            ]
            return Table(family: family, name: KernelFixture.table, comment: nil, sets: sets)
          })
      }
      try fixture.apply(ruleset(0..<100_000), isDryRun: true)
      #expect(try fixture.read().ruleset == Ruleset())
      try fixture.apply(ruleset(0..<100_000))
      #expect(try fixture.read().ruleset == ruleset(0..<100_000))
      let plan = try fixture.apply(ruleset(1..<100_001))
      #expect(plan.steps.count == 4)
      #expect(try fixture.read().ruleset == ruleset(1..<100_001))
    }

    @Test func `names of 255 bytes and comments of 128 are kept whole`() throws {
      func name(_ start: String) -> String { start + String(repeating: "x", count: 255 - 2) }
      let text = String(repeating: "é", count: 64)
      let tables = IPFamily.allCases.map { family in
        let verdicts = (0..<5000).map { number in
          VerdictElement(
            address: address(family, number), comment: text,
            verdict: number % 2 == 0 ? .goto(name("g-")) : .jump(name("g-")))
        }
        let rule = Rule(
          [.addressIn(.source, set: name("s-"))],
          [
            .namedCounter(name("c-")),
            .log(prefix: String(repeating: "p", count: 127), group: 65535),
          ], .jump(name("g-")), comment: text)
        return Table(
          family: family, name: name("t-"), comment: text,
          counters: [NamedCounter(name: name("c-"), comment: text)],
          maps: [VerdictMap(name: name("m-"), comment: text, elements: verdicts)],
          sets: [
            NamedSet(
              name: name("s-"), comment: text, content: .hosts([address(family, 1)]))
          ],
          chains: [
            Chain(name: name("a-"), comment: text, rules: [rule]),
            Chain(name: name("g-"), comment: text),
          ])
      }
      let ruleset = Ruleset(tables: tables)
      #expect(ruleset.problems.isEmpty)
      let fixture = try KernelFixture()
      try fixture.apply(ruleset, table: name("t-"))
      #expect(try fixture.read(name("t-")).ruleset == ruleset)
      #expect(try fixture.listing() == tables.map(\.listing).joined())
    }

    /// Also when nft was there first, which marks what is before the first range.
    @Test(arguments: [false, true])
    func `a set is filled in every state and emptied again`(_ startsWithNft: Bool) throws {
      let fixture = try KernelFixture()
      func ruleset(_ ranges: [AddressRange], _ ports: [EndpointKey]) -> Ruleset {
        let sets = [
          NamedSet(name: "b-1", comment: "c", content: .intervals(ranges)),
          NamedSet(name: "n-1", comment: nil, content: .ports(ports)),
        ]
        return Ruleset(Table(family: .ipv4, name: KernelFixture.table, comment: nil, sets: sets))
      }
      func range(_ lower: UInt128, _ upper: UInt128) -> AddressRange {
        AddressRange(family: .ipv4, lower: lower, upper: upper)
      }
      let port = EndpointKey(address: address(.ipv4, 1), transport: .sctp, port: 0x1234)
      let end = UInt128(UInt32.max)
      let states: [([AddressRange], [EndpointKey])] = [
        ([], []), ([range(0, 0)], [port]), ([range(0, 0), range(end, end)], []),
        ([range(5, 9), range(end, end)], [port]), ([range(5, 9)], [port]),
        ([range(0, 3), range(5, 9), range(end - 3, end)], []), ([], [port]), ([range(0, end)], []),
        // Ranges that overlap those of before.
        ([range(5, 9)], []), ([range(3, 7)], []), ([range(5, 12), range(20, 30)], []),
        ([range(4, 25)], []), ([range(4, 24), range(26, 29)], []), ([range(0, end)], []), ([], []),
      ]
      if startsWithNft { try fixture.load(ruleset([range(7, 8)], [port]).text) }
      for (ranges, ports) in states {
        let wanted = ruleset(ranges, ports)
        try fixture.apply(wanted)
        #expect(try fixture.read().ruleset == wanted)
        #expect(try fixture.listing() == wanted.listing)
      }
    }
  }
}
