import NetSets
import Testing

@testable import Nftables

@Suite struct EvaluateTests {
  private let here = IPAddress(family: .ipv4, bits: 0x0a00_0001)
  private let there = IPAddress(family: .ipv4, bits: 0x0a00_0002)

  private func chain(_ name: String, _ rules: Rule...) -> Chain {
    Chain(name: name, comment: nil, rules: rules)
  }

  private func base(_ name: String, _ priority: Int, _ rules: Rule...) -> Chain {
    Chain(
      name: name, comment: nil, base: BaseChain(hook: .forward, priority: priority), rules: rules)
  }

  private func table(
    _ chains: Chain..., maps: [VerdictMap] = [], sets: [NamedSet] = []
  ) -> Table {
    Table(family: .ipv4, name: "t", comment: nil, maps: maps, sets: sets, chains: chains)
  }

  private func packet(_ layer4: IPProtocol = .tcp, port: UInt16 = 80) -> Packet {
    Packet(source: here, destination: there, layer4: layer4, destinationPort: port)
  }

  private let accept = Rule([], [], .accept)
  private let drop = Rule([], [], .drop)

  @Test func `what no rule decides is accepted by no rule`() {
    let evaluation = table(base("b-1", 0, Rule([], [.counter], nil))).evaluate(packet())
    #expect(evaluation.accepted)
    #expect(evaluation.decidedBy == nil)
    #expect(evaluation.path == ["b-1"])
  }

  @Test func `base chains run by priority, and accepting does not spare the next`() {
    let evaluation = table(base("late-1", 5, drop), base("early-1", -5, accept)).evaluate(packet())
    #expect(!evaluation.accepted)
    #expect(evaluation.decidedBy == RuleLocation(chain: "late-1", index: 0, comment: nil))
    #expect(evaluation.path == ["early-1", "late-1"])
  }

  @Test func `dropping is final`() {
    let evaluation = table(base("late-1", 5, accept), base("early-1", -5, drop)).evaluate(packet())
    #expect(!evaluation.accepted)
    #expect(evaluation.path == ["early-1"])
  }

  @Test func `another hook's chains are not run`() {
    var elsewhere = packet()
    elsewhere.hook = .input
    #expect(table(base("b-1", 0, drop)).evaluate(elsewhere).accepted)
  }

  @Test func `a jump comes back, at its chain's end or by return`() {
    for chain in [chain("a-1"), chain("a-1", Rule([], [], .return), accept)] {
      let evaluation = table(base("b-1", 0, Rule([], [], .jump("a-1")), drop), chain)
        .evaluate(packet())
      #expect(evaluation.decidedBy == RuleLocation(chain: "b-1", index: 1, comment: nil))
      #expect(evaluation.path == ["b-1", "a-1"])
    }
  }

  @Test func `a goto does not come back: its base chain's policy accepts`() {
    let evaluation = table(base("b-1", 0, Rule([], [], .goto("a-1")), drop), chain("a-1"))
      .evaluate(packet())
    #expect(evaluation.accepted)
    #expect(evaluation.decidedBy == nil)
  }

  @Test func `after a goto the end of the chain is the end of the chain that jumped`() {
    let evaluation = table(
      base("b-1", 0, Rule([], [], .jump("a-1")), Rule([], [], .drop, comment: "after")),
      chain("a-1", Rule([], [], .goto("a-2")), accept), chain("a-2", Rule([], [], .return), accept)
    ).evaluate(packet())
    #expect(evaluation.decidedBy == RuleLocation(chain: "b-1", index: 1, comment: "after"))
    #expect(evaluation.path == ["b-1", "a-1", "a-2"])
  }

  @Test func `return in a base chain is its policy`() {
    #expect(table(base("b-1", 0, Rule([], [], .return), drop)).evaluate(packet()).accepted)
  }

  @Test func `a verdict map decides for its elements, and others go on`() {
    let map = VerdictMap(
      name: "m-1", comment: nil,
      elements: [VerdictElement(address: here, comment: nil, verdict: .goto("a-1"))])
    for (field, chain) in [(AddressField.source, "a-1"), (.destination, "b-1")] {
      let evaluation = table(
        base("b-1", 0, Rule([], [], .lookup(field, map: "m-1")), drop),
        self.chain("a-1", drop), maps: [map]
      ).evaluate(packet())
      #expect(evaluation.decidedBy?.chain == chain)
    }
  }

  @Test func `a TCP reset is for TCP, and other protocols go on`() {
    let table = table(
      base("b-1", 0, Rule([], [], .rejectTCP), Rule([], [], .rejectProhibited)))
    #expect(table.evaluate(packet(.tcp)).rejection == .tcpReset)
    #expect(table.evaluate(packet(.udp)).rejection == .prohibited)
    #expect(!table.evaluate(packet(.tcp)).accepted)
  }

  @Test func `a table sees no packets of the other family`() {
    let address = IPAddress(family: .ipv6, bits: 1)
    let packet = Packet(source: address, destination: address, layer4: .tcp)
    #expect(table(base("b-1", 0, drop)).evaluate(packet).path.isEmpty)
  }

  @Test func `every match is what the kernel tests`() {
    let range = AddressRange(family: .ipv4, lower: here.bits, upper: here.bits)
    let sets = [
      NamedSet(name: "s-1", comment: nil, content: .hosts([here])),
      NamedSet(name: "i-1", comment: nil, content: .intervals([range])),
      NamedSet(
        name: "e-1", comment: nil,
        content: .ports([EndpointKey(address: there, transport: .tcp, port: 80)])),
    ]
    var established = packet()
    established.state = .established
    established.startsTCP = false
    let neighbor = Packet(
      source: here, destination: there, layer4: .icmpv6, destinationPort: 80, icmpType: 135)
    let cases: [(Match, Packet, Bool)] = [
      (.connectionState([.established, .related]), established, true),
      (.connectionState([.established, .related]), packet(), false),
      (.notStartOfTCP, established, true), (.notStartOfTCP, packet(), false),
      (.notStartOfTCP, neighbor, false),
      (.destinationPort(80...81), packet(), true), (.destinationPort(79...79), packet(), false),
      // The word at offset 2, of any protocol.
      (.destinationPort(80...80), neighbor, true),
      (.layer4(.tcp), packet(), true), (.layer4(.udp), packet(), false),
      (.layer4In([.tcp, .udp]), packet(.udp), true), (.layer4In([.tcp]), packet(.sctp), false),
      (.address(.source, range, negated: false), packet(), true),
      (.address(.source, range, negated: true), packet(), false),
      (.address(.destination, range, negated: true), packet(), true),
      (.addressIn(.source, set: "s-1"), packet(), true),
      (.addressIn(.destination, set: "s-1"), packet(), false),
      (.addressIn(.source, set: "i-1"), packet(), true),
      (.addressIn(.destination, set: "i-1"), packet(), false),
      (.destinationIn(set: "e-1"), packet(), true),
      (.destinationIn(set: "e-1"), packet(.udp), false),
      (.destinationIn(set: "e-1"), packet(port: 81), false),
      (.destinationIn(set: "e-1"), packet(.icmp), false),
      (.icmpv6Type(130...137), neighbor, true), (.icmpv6Type(136...137), neighbor, false),
      (.icmpv6Type(0...255), packet(), false),
    ]
    for (match, packet, holds) in cases {
      let evaluator = Evaluator(table(base("b-1", 0, Rule([match], [], .drop)), sets: sets))
      #expect(evaluator.evaluate(packet).accepted != holds, "\(match)")
    }
  }

  @Test func `matches of the way are what the kernel tests`() {
    var routed = packet()
    routed.path.inInterface = "cali12345"
    routed.path.outInterface = "eth0"
    routed.path.isSourceBehindInInterface = true
    var own = packet()
    own.path.isSourceLocal = true
    own.path.isDestinationLocal = true
    own.path.isSourceOnOutInterface = true
    own.path.isSourceBehindInInterface = false
    let cases: [(Match, Packet, Bool)] = [
      (.interface(.in, InterfaceName("cali", isPrefix: true), negated: false), routed, true),
      (.interface(.in, InterfaceName("cali"), negated: false), routed, false),
      (.interface(.out, InterfaceName("eth0"), negated: false), routed, true),
      (.interface(.out, InterfaceName("eth0"), negated: true), routed, false),
      (.interface(.out, InterfaceName("eth0"), negated: true), own, true),
      (.local(.source, negated: false), own, true),
      (.local(.source, negated: false), routed, false),
      (.local(.destination, negated: true), routed, true),
      (.local(.destination, negated: true), own, false),
      (.sourceNotOnOutInterface, routed, true), (.sourceNotOnOutInterface, own, false),
      (.sourceNotBehindInInterface, routed, false), (.sourceNotBehindInInterface, own, true),
    ]
    for (match, packet, holds) in cases {
      let evaluator = Evaluator(table(base("b-1", 0, Rule([match], [], .drop))))
      #expect(evaluator.evaluate(packet).accepted != holds, "\(match)")
    }
  }

  @Test func `the first chain that translates decides the source`() {
    func chain(_ name: String, _ priority: Int, _ rules: Rule...) -> Chain {
      Chain(
        name: name, comment: nil,
        base: BaseChain(type: .nat, hook: .postrouting, priority: priority), rules: rules)
    }
    var udp = packet(.udp)
    udp.hook = .postrouting
    var tcp = packet(.tcp)
    tcp.hook = .postrouting
    let masquerade = SourceTranslation.masquerade(SourcePorts(nil, .fullyRandom))
    let table = table(
      chain("b-2", 105, Rule([], [], .translate(masquerade))),
      chain("b-1", 90, Rule([.layer4(.udp)], [], .translate(.own))))
    #expect(table.evaluate(udp).translation == .own)
    #expect(table.evaluate(udp).decidedBy?.chain == "b-1")
    #expect(table.evaluate(tcp).translation == masquerade)
    #expect(table.evaluate(packet(.tcp)).translation == nil)
  }

  @Test func `all matches of a rule have to hold`() {
    let rule = Rule([.layer4(.tcp), .destinationPort(81...81)], [], .drop)
    #expect(table(base("b-1", 0, rule)).evaluate(packet()).accepted)
  }
}
