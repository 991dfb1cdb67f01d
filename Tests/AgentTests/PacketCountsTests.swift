import Agent
import Diagnostics
import Incremental
import NetSets
import Netfilter
import Nftables
import PolicyModel
import Testing

/// What rules count, added up over their comings and goings.
@Suite struct PacketCountsTests {
  private static let policy = CounterOwner.policy(
    ObjectReference(kind: "NetworkPolicy", namespace: "shop", name: "db"), .ingress)
  private static let isolation = CounterOwner.isolation(namespace: "shop", .ingress)
  private static let owners: [IPFamily: [String: CounterOwner]] = [
    .ipv4: ["pi/shop/db": policy, "pi/shop/db/r0": policy, "gi-1": isolation],
    .ipv6: ["pi/shop/db": policy],
  ]

  private var counts = PacketCounts()

  private func rule(
    _ handle: RuleHandle, _ packets: UInt64, chain: String = "pi/shop/db",
    _ verdict: Nftables.Verdict = .accept, family: IPFamily = .ipv4, comment: String? = nil
  ) -> RuleCount {
    RuleCount(
      family: family, chain: chain, handle: handle, verdict: verdict, comment: comment,
      count: PacketCount(packets: packets, bytes: packets * 100))
  }

  private mutating func look(_ rules: RuleCount...) { counts.add(rules, of: Self.owners) }

  private var allowed: UInt64? { counts.totals[Self.policy]?.packets }
  private var denied: UInt64? { counts.totals[Self.isolation]?.packets }

  @Test mutating func `what a rule counted is counted once, however often one looks`() {
    look(rule(1, 5))
    look(rule(1, 5))
    look(rule(1, 7))
    #expect(counts.totals[Self.policy] == PacketCount(packets: 7, bytes: 700))
  }

  @Test mutating func `a rule that goes takes nothing away, and a new one adds`() {
    look(rule(1, 5), rule(2, 3))
    look(rule(2, 4), rule(3, 1))
    #expect(allowed == 10)
  }

  @Test mutating func `a counter that was set to zero counts from there`() {
    look(rule(1, 5))
    look(rule(1, 2))
    #expect(allowed == 7)
  }

  @Test mutating func `the families' rules have handles of their own`() {
    look(rule(1, 5), rule(1, 3, family: .ipv6))
    look(rule(1, 5), rule(1, 3, family: .ipv6))
    #expect(allowed == 8)
  }

  @Test mutating func `a packet that goes on to a sub-chain is counted there alone`() {
    look(rule(1, 5, .jump("pi/shop/db/r0")), rule(2, 4, chain: "pi/shop/db/r0"))
    #expect(allowed == 4)
  }

  @Test mutating func `the end of a group counts what is denied, and nothing else does`() {
    look(
      rule(1, 5, chain: "gi-1", .goto("g-deny-in")), rule(2, 9, chain: "gi-1", .goto("gi-1/base")),
      rule(3, 9, chain: "gi-1"), rule(4, 9, .goto("g-deny-in")))
    #expect(denied == 5)
    #expect(allowed == 0)
  }

  @Test
  mutating func `a part of a policy is told by its rules' comments, in whichever line it stands`() {
    let part = "ingress[0].from[1] ports[0,2]"
    look(
      rule(1, 5, comment: "shop/db \(part) policies/db.yaml:12"),
      rule(2, 3, family: .ipv6, comment: "shop/db \(part) policies/my db.yaml:13"),
      rule(3, 2, comment: "shop/db ingress[1] policies/my db.yaml:17"),
      rule(4, 1, chain: "gi-1", .goto("g-deny-in"), comment: "isolated by shop/db a.yaml:7"))
    #expect(
      counts.parts.mapValues(\.packets) == [
        CountedPart(Self.policy, part: part): 8,
        CountedPart(Self.policy, part: "ingress[1]"): 2,
        CountedPart(Self.isolation, part: nil): 1,
      ])
  }

  @Test mutating func `a policy that is not wanted any more is forgotten`() {
    look(rule(1, 5))
    counts.add([rule(1, 6)], of: [:])
    #expect(counts.totals.isEmpty)
  }
}
