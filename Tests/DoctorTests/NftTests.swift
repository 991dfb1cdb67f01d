import NetSets
import Nftables
import Testing

@testable import Doctor

/// Rules of nftables' own, as `nft -j` lists them.
@Suite struct NftTests {
  /// - Parameters:
  ///   - expressions: one rule each, the list's content.
  private func table(
    _ expressions: [String], hook: String = "postrouting", type: String = "nat",
    priority: Int = 100, policy: String = "accept", sets: String = ""
  ) throws -> [ForeignTable] {
    let rules = expressions.map {
      """
      {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": 3, "expr": [\($0)]}},
      """
    }
    let text = """
      {"nftables": [{"metainfo": {"version": "1.0.6"}},
        {"table": {"family": "inet", "name": "t", "handle": 1}},
        {"chain": {"family": "inet", "table": "t", "name": "c", "type": "\(type)",
          "hook": "\(hook)", "prio": \(priority), "policy": "\(policy)"}},
        \(rules.joined())
        \(sets)
        {"chain": {"family": "inet", "table": "t", "name": "other"}}]}
      """
    return try #require(NftJSONReader.tables(Array(text.utf8)))
  }

  private func match(_ left: String, _ right: String, _ operation: String = "==") -> String {
    #"{"match": {"op": "\#(operation)", "left": \#(left), "right": \#(right)}}, "#
  }

  private let source = #"{"payload": {"protocol": "ip", "field": "saddr"}}"#
  private let destination = #"{"payload": {"protocol": "ip", "field": "daddr"}}"#
  private let masquerade = #"{"masquerade": {"flags": "fully-random"}}"#

  private func fate(_ tables: [ForeignTable]) throws -> Fate.Kind {
    tables.fateLeaving(packet()).kind
  }

  private func packet() -> ProbePacket {
    ProbePacket(
      .ipv4, source: IPAddress("10.244.1.7"),
      destination: IPAddress("10.244.2.1"), inInterface: .exactly("cni0"),
      outInterface: .exactly("eth0"))
  }

  @Test func `addresses are compared with words, prefixes, ranges and sets`() throws {
    for (right, holds) in [
      (#""10.244.1.7""#, true), (#""10.244.1.8""#, false),
      (#"{"prefix": {"addr": "10.244.0.0", "len": 16}}"#, true),
      (#"{"prefix": {"addr": "10.245.0.0", "len": 16}}"#, false),
      (#"{"range": ["10.244.1.1", "10.244.1.9"]}"#, true),
      (#"{"set": ["10.0.0.1", {"prefix": {"addr": "10.244.1.0", "len": 24}}]}"#, true),
      (#""@pods""#, true), (#""@nobody""#, false),
    ] {
      let tables = try table(
        [match(source, right) + masquerade],
        sets: """
          {"set": {"family": "inet", "name": "pods", "table": "t", "type": "ipv4_addr",
            "elem": ["1.2.3.4", {"elem": {"val": "10.244.1.7", "comment": "x"}}]}},
          {"set": {"family": "inet", "name": "nobody", "table": "t", "type": "ipv4_addr"}},
          """)
      #expect(try fate(tables) == (holds ? .translated : .passes), "\(right)")
    }
  }

  @Test func `other tests are modelled, or cannot be told`() throws {
    let mark = #"{"&": [{"meta": {"key": "mark"}}, 16384]}"#
    for (test, expected) in [
      (match(#"{"meta": {"key": "oifname"}}"#, #""eth*""#), Fate.Kind.translated),
      (match(#"{"meta": {"key": "oifname"}}"#, #"{"set": ["docker0", "lo"]}"#), .passes),
      (match(#"{"meta": {"key": "nfproto"}}"#, #""ipv6""#), .passes),
      (match(mark, "16384"), .passes), (match(mark, "16384", "!="), .translated),
      (match(#"{"meta": {"key": "mark"}}"#, "0"), .translated),
      (match(#"{"fib": {"result": "type", "flags": ["daddr"]}}"#, #""local""#), .passes),
      (match(#"{"fib": {"result": "type", "flags": ["daddr"]}}"#, #""local""#, "!="), .translated),
      (match(#"{"ct": {"key": "state"}}"#, #"["established", "related"]"#, "in"), .passes),
      (match(#"{"ct": {"key": "state"}}"#, #""new""#), .translated),
      (match(#"{"meta": {"key": "l4proto"}}"#, #""tcp""#), .unclear),
      (match(#"{"meta": {"key": "cgroup"}}"#, "3"), .unclear),
      (match(source, #""@elsewhere""#), .unclear),
      (#"{"limit": {"rate": 1, "per": "second"}}, "#, .unclear),
      (#"{"xt": {"type": "match", "name": "bpf"}}, "#, .unclear),
      (#"{"counter": {"packets": 0, "bytes": 0}}, {"log": null}, "#, .translated),
    ] {
      #expect(try fate(table([test + masquerade])) == expected, "\(test)")
    }
  }

  @Test func `the first chain that binds an address decides`() throws {
    let keep =
      match(source, #"{"prefix": {"addr": "10.244.0.0", "len": 16}}"#)
      + #"{"snat": {"family": "ip", "addr": {"payload": {"protocol": "ip", "field": "saddr"}}}}"#
    let late = try table([masquerade], priority: 100)
    #expect(try fate(late) == .translated)
    #expect(try fate(late + table([keep], priority: 90)) == .passes)
    #expect(try fate(late + table([keep], priority: 110)) == .translated)
    // An accept binds nothing.
    #expect(try fate(late + table([#"{"accept": null}"#], priority: 90)) == .translated)
    let perhaps = match(#"{"meta": {"key": "l4proto"}}"#, #""tcp""#) + keep
    #expect(try fate(late + table([perhaps], priority: 90)) == .unclear)
  }

  @Test func `a map of verdicts that has not the packet's address is passed`() throws {
    let services = """
      {"map": {"family": "inet", "name": "services", "table": "t", "map": "verdict", "type":
        ["ipv4_addr", "inet_proto", "inet_service"], "elem": [
        [{"concat": ["10.96.0.1", "tcp", 443]}, {"goto": {"target": "other"}}],
        [{"elem": {"val": {"concat": ["10.96.0.2", "udp", 53]}, "comment": "x"}}, {"drop": null}]]}},
      """
    func fate(_ address: String) throws -> Fate.Kind {
      let rule = """
        {"vmap": {"key": {"concat": [\(destination), {"meta": {"key": "l4proto"}},
          {"payload": {"protocol": "th", "field": "dport"}}]}, "data": "@services"}}
        """
      let packet = ProbePacket(
        .ipv4, source: IPAddress("10.244.1.7"), destination: IPAddress(address),
        inInterface: .unknown, outInterface: .unknown)
      return try table([rule], hook: "forward", type: "filter", sets: services)
        .fateForwarding(packet).kind
    }
    #expect(try fate("10.244.2.1") == .passes)
    #expect(try fate("10.96.0.2") == .unclear)
  }

  @Test func `a map of verdicts cannot be told`() throws {
    let rule = #"{"vmap": {"key": \#(source), "data": "@m"}}"#
    #expect(
      try table([rule], hook: "forward", type: "filter").fateForwarding(packet()).kind == .unclear)
    let dropping = try table([], hook: "forward", type: "filter", policy: "drop")
    #expect(dropping.fateForwarding(packet()).kind == .dropped)
  }

  @Test func `what netpolc translates is followed as well`() throws {
    let text = """
      table ip netpolc {
        set masq-from {
          type ipv4_addr
          flags interval
          elements = { 10.244.1.0/24 }
        }
        set masq-skip {
          type ipv4_addr
          flags interval
          elements = { 10.244.0.0/16 }
        }
        chain hook-egress {
          type filter hook forward priority filter - 6; policy accept;
          drop
        }
        chain hook-masq {
          type nat hook postrouting priority srcnat + 10; policy accept;
          ip saddr @masq-from ip daddr != @masq-skip masquerade fully-random
        }
      }
      """
    let tables = try Ruleset(parsing: text).tables.map { ForeignTable(own: $0) }
    #expect(try fate(tables) == .passes)
    let packet = ProbePacket(
      .ipv4, source: IPAddress("10.244.1.7"), destination: IPAddress("10.9.0.1"),
      inInterface: .unknown, outInterface: .unknown)
    #expect(tables.fateLeaving(packet).kind == .translated)
    // What its chains of policy drop is no finding.
    #expect(tables.fateForwarding(packet).kind == .passes)
  }

  @Test func `what is no listing is none`() {
    for text in ["", "{}", "[]", #"{"nftables": 3}"#, "table ip x { }"] {
      #expect(NftJSONReader.tables(Array(text.utf8)) == nil, "\(text)")
    }
  }

  @Test func `routes are read of both families`() {
    let ipv4 = RouteReader.ipv4(
      """
      Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
      eth0\t0002F40A\t0232A8C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0
      lo\t0003F40A\t00000000\t0200\t0\t0\t0\t00FFFFFF\t0\t0\t0
      """)
    #expect(
      ipv4 == [Route(destination: prefix("10.244.2.0/24"), hasGateway: true, interface: "eth0")])
    let ipv6 = RouteReader.ipv6(
      """
      fd000244000000020000000000000000 40 00000000000000000000000000000000 00 \
      fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
      00000000000000000000000000000001 80 00000000000000000000000000000000 00 \
      00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
      """)
    #expect(
      ipv6 == [
        Route(destination: prefix("fd00:244:0:2::/64"), hasGateway: true, interface: "eth0")
      ])
  }
}
