import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  /// What others do beside us, and to what is ours.
  @Suite struct ForeignTests {
    private let fixture: KernelFixture
    private let wanted = Ruleset(
      Table(
        family: .ipv4, name: KernelFixture.table, comment: nil,
        counters: [NamedCounter(name: "deny-in", comment: nil)],
        maps: [VerdictMap(name: "pods-in", comment: nil, elements: [])],
        chains: [Chain(name: "c-1", comment: nil, rules: [Rule([], [.counter], .drop)])]))

    init() throws {
      fixture = try KernelFixture()
      try fixture.apply(wanted)
    }

    private func list(_ family: String, _ table: String) throws -> String {
      try fixture.run(["nft", "-s", "list", "table", family, table])
    }

    @Test func `others' tables are neither read nor changed`() throws {
      let others = """
        table inet netpolc {
          set s { type ipv4_addr; flags timeout; elements = { 10.0.0.1 timeout 1h } }
          chain c-1 { type filter hook forward priority 0; policy drop; ip ttl 5 accept; }
        }
        table ip netpolc-2 {
          quota q { over 5 mbytes }
          map m { type ipv4_addr : ipv4_addr; elements = { 10.0.0.1 : 10.0.0.2 } }
          chain c-1 { type nat hook postrouting priority 100; counter; }
          chain c-2 { ip daddr { 10.0.0.0/8 } drop; }
          chain pi { meta mark set 5 jump c-2; }
        }
        """
      try fixture.load(others)
      let (inet, ip) = try (list("inet", "netpolc"), list("ip", "netpolc-2"))
      #expect(try fixture.read().ruleset == wanted)
      var changed = wanted
      changed.tables[0].chains[0].rules.append(Rule([], [], .accept))
      try fixture.apply(changed)
      #expect(try fixture.read().ruleset == changed)
      try fixture.apply(Ruleset())
      #expect(try list("inet", "netpolc") == inet)
      #expect(try list("ip", "netpolc-2") == ip)
      #expect(try fixture.read().ruleset == Ruleset())
    }

    @Test(arguments: [
      ("add rule ip netpolc c-1 ip ttl 5 accept", "chain c-1"),
      ("add rule ip netpolc c-1 ip saddr { 10.0.0.1, 10.0.0.2 } accept", "set __set0"),
      ("add rule ip netpolc c-1 meta mark set 1", "chain c-1"),
      ("add set ip netpolc other { type ipv4_addr; flags dynamic; }", "set other"),
      ("add rule ip netpolc c-1 limit rate over 5/minute drop", "chain c-1"),
      ("add rule ip netpolc c-1 ct state != new drop", "chain c-1"),
      ("add rule ip netpolc c-1 counter ip saddr 10.0.0.1 drop", "chain c-1"),
      ("add rule ip netpolc c-1 reject", "chain c-1"),
      ("add rule ip netpolc c-1 log prefix x drop", "chain c-1"),
      (
        "add chain ip netpolc c-2 { type filter hook forward priority 0; policy drop; }",
        "chain c-2"
      ),
      ("add chain ip netpolc c-2 { type nat hook prerouting priority 0; }", "chain c-2"),
      ("add set ip netpolc s-1 { type ipv4_addr; flags timeout; }", "set s-1"),
      ("add set ip netpolc s-1 { type ipv4_addr; size 5; }", "set s-1"),
      ("add set ip netpolc s-1 { type inet_service; }", "set s-1"),
      ("add map ip netpolc s-1 { type ipv4_addr : ipv4_addr; }", "set s-1"),
      ("add quota ip netpolc q-1 { over 5 mbytes }", "object q-1"),
      ("add table ip netpolc { flags dormant; }", "flags (0x1)"),
    ])
    func `what we never write is called foreign`(_ command: String, _ named: String) throws {
      try fixture.load(command)
      do throws(KernelFailure) {
        _ = try fixture.kernel.read(table: KernelFixture.table)
        Issue.record("nothing is foreign")
      } catch {
        guard case .foreign(let description) = error else {
          Issue.record("\(error)")
          return
        }
        #expect(description.contains(named))
        #expect(description.contains("table ip netpolc"))
        if named == "chain c-1" { #expect(description.contains("handle ")) }
      }
    }

    @Test func `elements that the kernel adds by itself are not ours`() throws {
      let set = NamedSet(
        name: "drops", comment: nil, content: .flows(size: 100, timeoutMinutes: 10))
      let ruleset = Ruleset(
        Table(family: .ipv4, name: KernelFixture.table, comment: nil, sets: [set]))
      try fixture.apply(ruleset)
      try fixture.load(
        "add element ip netpolc drops { 10.0.0.1 . 10.0.0.2 . tcp . 80 counter }")
      #expect(try fixture.read().ruleset == ruleset)
    }
  }
}
