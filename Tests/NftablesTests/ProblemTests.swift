import NetSets
import Testing

@testable import Nftables

@Suite struct ProblemTests {
  private func problems(_ change: (inout Table) -> Void) -> [String] {
    let base = BaseChain(hook: .forward, priority: 0)
    var table = Table(
      family: .ipv4, name: "netpolc", comment: nil,
      counters: [NamedCounter(name: "counter-1", comment: nil)],
      maps: [VerdictMap(name: "m-1", comment: nil, elements: [])],
      sets: [
        NamedSet(name: "s-1", comment: nil, content: .hosts([])),
        NamedSet(name: "e-1", comment: nil, content: .ports([])),
        NamedSet(name: "f-1", comment: nil, content: .flows(size: 1, timeoutMinutes: 1)),
      ],
      chains: [
        Chain(name: "b-1", comment: nil, base: base), Chain(name: "c-1", comment: nil),
      ])
    change(&table)
    return table.problems
  }

  @Test func `a sound table has none`() {
    #expect(problems { _ in }.isEmpty)
  }

  @Test(arguments: [
    "", "drop", "1-a", "-a", "a b-c", "a-é", "a-\"", String(repeating: "a-", count: 128),
  ])
  func `names that nft does not take`(_ name: String) {
    #expect(problems { $0.chains.append(Chain(name: name, comment: nil)) }.count == 1)
  }

  @Test(arguments: ["a\"b", "a\nb", "\u{7f}", String(repeating: "é", count: 65)])
  func `comments that nft cannot hold`(_ comment: String) {
    #expect(problems { $0.comment = comment }.count == 1)
  }

  @Test(arguments: [
    Rule([], [], nil), Rule([], [], .jump("c-2")), Rule([], [], .goto("c-2")),
    Rule([], [], .lookup(.source, map: "s-1")), Rule([], [.namedCounter("c-1")], nil),
    Rule([.addressIn(.source, set: "s-2")], [], .accept),
    Rule([.addressIn(.source, set: "e-1")], [], .accept),
    Rule([.destinationIn(set: "s-1")], [], .accept), Rule([], [.updateFlow(set: "e-1")], nil),
    Rule([.connectionState([])], [], .accept),
    Rule([.connectionState([.related, .established])], [], .accept),
    Rule([.layer4In([.tcp])], [], .accept), Rule([.layer4In([.udp, .tcp])], [], .accept),
    Rule(
      [.address(.source, AddressRange(family: .ipv6, lower: 0, upper: 0), negated: false)], [],
      .drop),
    Rule([.layer4(.tcp), .destinationPort(80...80)], [], .accept),
    Rule([.layer4(.tcp), .notStartOfTCP], [], .drop),
    Rule([.layer4(.tcp), .layer4(.tcp)], [], .drop),
    Rule([.notStartOfTCP], [.updateFlow(set: "f-1")], nil),
    Rule([.layer4(.tcp)], [], .rejectTCP), Rule([], [.counter], .rejectTCP),
    Rule([.destinationPort(80...80)], [], .rejectTCP),
    Rule([.layer4(.udp)], [], .rejectTCP),
    Rule([], [.limit(perSecond: 0, burst: 5)], nil), Rule([], [.log(prefix: "$", group: 1)], nil),
    Rule([], [.log(prefix: String(repeating: "x", count: 128), group: 1)], nil),
    Rule([], [.log(prefix: "", group: 65536)], nil),
  ])
  func `rules that nft refuses or lists differently`(_ rule: Rule) {
    #expect(problems { $0.chains[0].rules = [rule] }.count == 1)
  }

  @Test func `loops, also through maps`() {
    let address = IPAddress(family: .ipv4, bits: 1)
    let found = problems { table in
      table.chains[1].rules = [Rule([], [], .lookup(.source, map: "m-1"))]
      table.maps[0].elements = [
        VerdictElement(address: address, comment: nil, verdict: .goto("c-1"))
      ]
    }
    #expect(found == ["chain c-1 leads back to itself"])
  }

  @Test func `objects that are there twice, and elements out of order`() {
    let address = IPAddress(family: .ipv4, bits: 1)
    let range = AddressRange(address)
    #expect(problems { $0.chains.append($0.chains[1]) }.count == 1)
    #expect(
      problems { $0.sets[0] = NamedSet(name: "m-1", comment: nil, content: .hosts([])) }.count == 1)
    #expect(problems { $0.sets[0].content = .addresses([address, address]) }.count == 1)
    #expect(problems { $0.sets[0].content = .intervals([range, range]) }.count == 1)
    #expect(
      problems { $0.sets[0].content = .hosts([IPAddress(family: .ipv6, bits: 1)]) }.count == 1)
    let base = BaseChain(hook: .forward, priority: 0)
    #expect(problems { $0.chains.append(Chain(name: "b-2", comment: nil, base: base)) }.count == 1)
  }

  @Test(arguments: [
    (BaseChain(hook: .forward, priority: 1), Rule([], [], .translate(.own))),
    (BaseChain(type: .nat, hook: .postrouting, priority: 1), Rule([], [], .drop)),
    (BaseChain(type: .nat, hook: .postrouting, priority: 1), Rule([], [], .jump("c-1"))),
    (BaseChain(hook: .postrouting, priority: 1), Rule([], [], .rejectProhibited)),
    (BaseChain(hook: .postrouting, priority: 1), Rule([], [], .goto("c-1"))),
    (BaseChain(hook: .forward, priority: 1), Rule([.sourceNotOnOutInterface], [], .accept)),
    (BaseChain(hook: .forward, priority: 1), Rule([.sourceNotBehindInInterface], [], .drop)),
    (
      BaseChain(hook: .forward, priority: 1),
      Rule([.interface(.in, InterfaceName("a2345678901234567"), negated: false)], [], .drop)
    ),
    (
      BaseChain(type: .nat, hook: .postrouting, priority: 1),
      Rule([], [], .translate(.masquerade(SourcePorts(1...2, .kept))))
    ),
    (
      BaseChain(type: .nat, hook: .postrouting, priority: 1),
      Rule(
        [], [], .translate(.address(IPAddress(family: .ipv6, bits: 1), SourcePorts(nil, .kept))))
    ),
  ])
  func `rules that a hook cannot have are refused`(_ base: BaseChain, _ rule: Rule) {
    #expect(
      problems {
        $0.chains.append(Chain(name: "b-2", comment: nil, base: base, rules: [rule]))
      }.count == 1)
  }
}
