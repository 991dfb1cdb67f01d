import NetSets
import TestSupport
import Testing

@testable import Nftables

@Suite struct BridgeTableTests {
  private func hardware(_ last: Int) throws -> HardwareAddress {
    try #require(HardwareAddress("02:cc:00:00:00:0\(last)"))
  }

  @Test func `random tables have every rule, and nothing that nft would refuse`() {
    var met: Set<BridgeRule> = []
    var targets = 0
    for seed: UInt64 in 0..<200 {
      let table = BridgeMaker.table(seed: seed, name: "netpolc")
      #expect(table.problems.isEmpty, "seed \(seed)")
      met.formUnion(table.rules.values.joined())
      targets += table.rules.values.joined().count { !BridgeRule.fixed.contains($0) }
    }
    #expect(met.isSuperset(of: BridgeRule.fixed))
    #expect(targets > 100)
  }

  @Test func `what nft would refuse is a problem`() throws {
    func problems(_ port: String, _ rules: [BridgeChain: [BridgeRule]] = [:]) -> [String] {
      BridgeTable(name: "netpolc", comment: nil, ports: [port], senders: [], rules: rules).problems
    }
    #expect(problems("veth0").isEmpty)
    for name in ["", "veth*", "a b", "a\"b", "veth012345678901"] {
      #expect(problems(name) == ["\(name) is no name of a port"])
    }
    #expect(problems("veth0", [.port: [.lookAtPorts]]) == ["chain g-port leads back to itself"])
    #expect(
      problems("veth0", [.target: [.lookAtTarget]]) == ["chain g-target leads back to itself"])
    let ipv4 = try #require(IPAddress("10.0.0.1"))
    #expect(problems("veth0", [.target: [.returnTarget(port: "veth0", ipv4)]]).count == 1)
    let long = BridgeTable(
      name: "netpolc", comment: String(repeating: "x", count: 129), ports: [], senders: [],
      rules: [:])
    #expect(long.problems.count == 1)
  }

  @Test func `a difference names what goes and comes, and is none for the same`() throws {
    let one = SenderKey(
      port: "veth0", hardware: try hardware(1), address: try #require(IPAddress("10.0.0.1")))
    let other = SenderKey(
      port: "veth0", hardware: try hardware(1), address: try #require(IPAddress("10.0.0.2")))
    func ruleset(_ senders: [SenderKey], _ rules: [BridgeRule], comment: String? = nil) -> Ruleset {
      Ruleset(
        tables: [],
        bridge: BridgeTable(
          name: "netpolc", comment: comment, ports: ["veth0"], senders: senders,
          rules: [.port: rules]))
    }
    let old = ruleset([one], [.acceptOwnIPv4, .drop])
    #expect(old.difference(to: ruleset([one], [.acceptOwnIPv4, .drop], comment: "x")).isEmpty)
    let difference = try #require(old.difference(to: ruleset([other], [.drop])).bridge)
    #expect(difference.change == .changed)
    #expect(difference.objects.map(\.name) == ["g-port", "own-ip"])
    #expect(difference.objects[0].removed == ["iifname . ether saddr . ip saddr @own-ip accept"])
    #expect(difference.objects[1].removed == [one.text])
    #expect(difference.objects[1].added == [other.text])
    #expect(old.difference(to: Ruleset(tables: [])).bridge?.change == .removed)
    #expect(Ruleset(tables: []).difference(to: old).bridge?.change == .added)
    #expect(Ruleset(tables: []).difference(to: Ruleset(tables: [])).isEmpty)
  }

  @Test(arguments: [
    ("table bridge t {\n\tchain other {\n", 2, 8, "\"other\""),
    ("table bridge t {\n\tset pod-ports {\n\t\ttype ipv4_addr\n", 3, 8, "\"ipv4_addr\""),
    ("table bridge t {\n\tchain g-port {\n\t\tip saddr 10.0.0.1 drop\n", 3, 3, "\"ip\""),
    ("table bridge t {\n\tchain g-port {\n\t\tcounter name \"x\" drop\n", 3, 3, "\"counter\""),
    ("table bridge t {\n}\ntable bridge u {\n}\n", 3, 7, "\"bridge\""),
  ])
  func `a text that is not ours is refused at its first strange word`(
    _ text: String, _ line: Int, _ column: Int, _ found: String
  ) throws {
    let error = try #require(throws: RulesetSyntaxError.self) { try Ruleset(parsing: text) }
    #expect((error.line, error.column) == (line, column))
    #expect(error.message.contains("found \(found);"), "\(error)")
  }
}
