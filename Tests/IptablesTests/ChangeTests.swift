import Iptables
import NetSets
import TestSupport
import Testing

/// What is sent when something is there already.
@Suite struct ChangeTests {
  private func set(_ name: String, _ addresses: UInt32...) -> IPSet {
    IPSet(
      name: name, family: .ipv4, comment: "",
      content: .addresses(addresses.map { IPAddress(family: .ipv4, bits: UInt128($0)) }))
  }

  private func filter(_ sets: [IPSet], _ chains: [Chain]) -> PacketFilter {
    PacketFilter(
      sets: sets,
      tables: [OwnTable(family: .ipv4, entrances: [Entrance(.forward)], chains: chains)])
  }

  private let chain = Chain(name: "NPC-FORWARD", rules: [Rule([], .return)])

  @Test func `a new set is filled at once, and one that is there changes places`() throws {
    let before = InstalledFilter(
      filter: filter([set("npc-p4-1", 1), set("npc-p4-3", 1)], [chain]))
    let change = FilterChange(
      from: before, to: filter([set("npc-p4-1", 2), set("npc-p4-2", 2)], [chain]))
    let type = "hash:ip family inet hashsize 64 maxelem 16777216"
    #expect(
      change.sets == """
        create npc-p4-1-new \(type)
        flush npc-p4-1-new
        add npc-p4-1-new 0.0.0.2
        swap npc-p4-1-new npc-p4-1
        destroy npc-p4-1-new
        # npc-p4-2:\(" ")
        create npc-p4-2 \(type)
        add npc-p4-2 0.0.0.2

        """)
    #expect(change.rules.isEmpty)
    #expect(change.obsoleteSets == ["npc-p4-3"])
  }

  @Test func `only chains that differ are written, and those that are gone go last`() throws {
    let old = Chain(name: "NPC-GI-1", rules: [Rule([], .drop)])
    let new = Chain(name: "NPC-GI-2", rules: [Rule([], .drop)])
    let before = InstalledFilter(filter: filter([], [chain, old]))
    #expect(
      FilterChange(from: before, to: filter([], [chain, new])).rules[.ipv4] == """
        *filter
        :NPC-GI-2 - [0:0]
        -A NPC-GI-2 -j DROP
        -F NPC-GI-1
        -X NPC-GI-1
        COMMIT

        """)
  }

  @Test func `rules that only return may change places, others may not`() {
    let rules = [UInt16(1), 2].map { Rule([.ports(.tcp, [$0...$0])], .return) }
    let drop = Rule([.transport(.udp)], .drop)
    func difference(_ old: [Rule], _ new: [Rule]) -> Int {
      filter([], [Chain(name: "NPC-A", rules: old)]).difference(
        to: filter([], [Chain(name: "NPC-A", rules: new)])
      ).count
    }
    #expect(difference(rules, rules.reversed()) == 0)
    #expect(difference(rules + [drop], [drop] + rules) == 1)
    #expect(difference(rules, [rules[0], rules[0]]) == 1)
    let commented = rules.map { Rule($0.matches, $0.target, comment: "moved") }
    #expect(difference(rules, commented) == 0)
  }

  @Test(arguments: 0..<UInt64(30))
  func `a difference is none if and only if nothing would be sent`(_ seed: UInt64) {
    let (old, new) = (generatedFilter(seed: seed), generatedFilter(seed: seed + 1))
    let change = FilterChange(from: InstalledFilter(filter: old), to: new)
    #expect(change.isEmpty == old.difference(to: new).isEmpty)
    #expect(FilterChange(from: InstalledFilter(filter: old), to: old).isEmpty)
  }

  @Test func `many rules are compared in time`() {
    let rules = (0..<20_000).map { Rule([.ports(.tcp, [UInt16($0)...UInt16($0)])], .drop) }
    let other = rules.map { Rule([.transport(.udp)] + $0.matches, .drop) }
    let start = ContinuousClock.now
    let difference = filter([], [Chain(name: "NPC-A", rules: rules)]).difference(
      to: filter([], [Chain(name: "NPC-A", rules: other)]))
    #expect(difference.first?.chains.first?.added.count == 20_000)
    #expect(ContinuousClock.now - start < .seconds(20))
  }
}
