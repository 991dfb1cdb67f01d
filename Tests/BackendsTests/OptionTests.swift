import Backends
import Compiler
import NetSets
import Nftables
import Testing

/// Every option does what it says, and nothing else.
@Suite struct OptionTests {
  private static let shop =
    """
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    spec: {podCIDRs: [10.244.1.0/24, "fd00:244:1::/64"]}

    """ + Manifest.pod("web", labels: "app: web", node: "n1", "10.244.1.10", "fd00:244:1::10")
    + Manifest.pod("other", namespace: "free", node: "n1", "10.244.1.20")
    + Manifest.policy("deny", "podSelector: {}, policyTypes: [Ingress, Egress]")

  private let scope = Scope(node: "n1")

  @Test func `denied packets are dropped`() throws {
    for table in try ruleset(Self.shop, for: scope).tables {
      let exempting = table.family == .ipv6 ? ["jump g-exempt"] : []
      let address = table.family.nftName
      for (chain, counter) in [("g-deny-in", "deny-in"), ("g-deny-eg", "deny-eg")] {
        #expect(
          try table.rules(chain) == exempting + [
            "meta l4proto { tcp, udp, sctp } update @drops "
              + "{ \(address) saddr . \(address) daddr . meta l4proto . th dport counter }",
            "counter name \"\(counter)\"", "drop",
          ])
      }
    }
  }

  @Test func `neighbour discovery is let through before anything counts it as denied`() throws {
    let table = try ruleset(Self.shop, for: scope).ip6
    for group in table.chains where group.name.hasPrefix("gi-") || group.name.hasPrefix("ge-") {
      let rules = try table.rules(group.name)
      let exempting = try #require(rules.firstIndex(of: "jump g-exempt"))
      #expect(rules.firstIndex { $0.contains("goto g-deny-") } == exempting + 1)
    }
  }

  @Test func `reject answers TCP with a reset and the rest with a prohibition`() throws {
    let ruleset = try ruleset(Self.shop, for: scope, NftablesOptions(deny: .reject))
    #expect(
      try ruleset.ip.rules("g-deny-in").suffix(2) == [
        "reject with tcp reset", "reject with icmp admin-prohibited",
      ])
    #expect(
      try ruleset.ip6.rules("g-deny-eg").suffix(2) == [
        "reject with tcp reset", "reject with icmpv6 admin-prohibited",
      ])
  }

  @Test func `logging names the direction, and has a limit`() throws {
    let ruleset = try ruleset(Self.shop, for: scope, NftablesOptions(denyLog: DenyLogging()))
    for name in ["deny-in", "deny-eg"] {
      #expect(
        try ruleset.ip.rules("g-\(name)")[2]
          == "limit rate 20/second burst 40 packets log prefix \"netpolc \(name) \" group 100")
    }
  }

  @Test func `failing closed denies addresses of no known pod, on the way only`() throws {
    let open = try ruleset(Self.shop, for: scope)
    #expect(try open.ip.chains.contains { $0.name == "g-deny-unknown" } == false)
    let closed = try ruleset(Self.shop, for: Scope(node: "n1", failsClosed: true))
    #expect(
      try closed.ip.rules("hook-ingress").last == "ip daddr 10.244.1.0/24 goto g-deny-unknown")
    #expect(
      try closed.ip6.rules("hook-egress").last
        == "ip6 saddr fd00:244:1::/64 goto g-deny-unknown")
    #expect(try closed.ip.counters.map(\.name).contains("deny-unknown"))
    // A pod that no policy selects is known all the same.
    let map = try #require(closed.ip.maps.first { $0.name == "pods-in" })
    #expect(map.elements.first { $0.comment == "free/other" }?.verdict == .accept)
    let both = try ruleset(
      Self.shop, for: Scope(node: "n1", policesOwnNode: true, failsClosed: true))
    #expect(try both.ip.rules("hook-input").contains { $0.contains("g-deny-unknown") } == false)
  }

  @Test func `policing the own node adds the hook where its packets arrive`() throws {
    let without = try ruleset(Self.shop, for: scope)
    let with = try ruleset(Self.shop, for: Scope(node: "n1", policesOwnNode: true))
    for table in without.difference(to: with).tables {
      #expect(table.chains.map(\.name) == ["hook-input"])
      #expect(table.sets.isEmpty && table.maps.isEmpty)
    }
    let hook = try with.ip.chain("hook-input")
    #expect(hook.base == BaseChain(hook: .input, priority: -6))
    #expect(
      try with.ip.rules("hook-input") == [
        "ct state established,related accept", "ip saddr vmap @pods-eg",
      ])
  }

  @Test func `pods with a link of their own are held to the way back`() throws {
    var options = NftablesOptions()
    let patterns = ["cali+", "eni*", "veth0"].compactMap { InterfacePattern($0) }
    options.antiSpoofing = AntiSpoofing(routed: patterns)
    let without = try ruleset(Self.shop, for: scope)
    let with = try ruleset(Self.shop, for: scope, options)
    for table in without.difference(to: with).tables {
      #expect(table.chains.map(\.name) == ["hook-spoof"])
      #expect(table.sets.isEmpty && table.maps.isEmpty)
      #expect(table.addedCounters.map(\.name) == ["deny-spoofed"])
    }
    for table in with.tables {
      #expect(try table.chain("hook-spoof").base == BaseChain(hook: .prerouting, priority: -300))
      #expect(
        try table.rules("hook-spoof") == [
          "iifname \"cali*\" fib saddr . iif oif missing counter name \"deny-spoofed\" drop",
          "iifname \"eni*\" fib saddr . iif oif missing counter name \"deny-spoofed\" drop",
          "iifname \"veth0\" fib saddr . iif oif missing counter name \"deny-spoofed\" drop",
        ])
    }
    #expect(with.problems.isEmpty)
  }

  @Test func `what the interpreter makes of a source depends on interface and way back`() throws {
    var options = NftablesOptions()
    options.antiSpoofing = AntiSpoofing(routed: ["cali+"].compactMap { InterfacePattern($0) })
    let evaluator = Evaluator(try ruleset(Self.shop, for: scope, options).ip)
    for (interface, isBehind, passes) in [
      ("cali12", true, true), ("cali12", false, false), ("eth0", false, true),
    ] {
      var packet = Packet(
        hook: .prerouting, source: try #require(IPAddress("10.244.1.20")),
        destination: try #require(IPAddress("10.244.1.10")), layer4: .tcp)
      packet.path.inInterface = interface
      packet.path.isSourceBehindInInterface = isBehind
      #expect(evaluator.evaluate(packet).accepted == passes)
    }
  }

  @Test func `the node stands in the table's comment, however long`() throws {
    let named = try ruleset(Self.shop, for: scope, NftablesOptions(node: "n1"))
    #expect(try named.ip.comment == "netpolc schema=1 node=n1")
    #expect(try ruleset(Self.shop, for: scope).ip.comment == "netpolc schema=1")
    let long = String(repeating: "node.", count: 50) + "end"
    let cut = try ruleset(Self.shop, for: scope, NftablesOptions(node: long))
    #expect(try cut.ip.comment?.utf8.count == 128)
  }
}
