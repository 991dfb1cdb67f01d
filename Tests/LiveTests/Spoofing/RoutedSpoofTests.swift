import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// `--anti-spoof` where each pod has a link and a route of its own.
  @Suite struct RoutedSpoofTests {
    /// Of another pod, of the pods' range, and of somewhere else.
    private static let others = [
      "10.244.1.2", "10.244.1.77", "198.51.100.7", "fd00:244::1:2", "fd00:244::1:77",
      "2001:db8:66::7",
    ]

    /// The policies are none: it is not they who deny.
    private func guarded(_ hosts: [String] = ["alpha", "beta", "gamma"]) throws -> LiveNode {
      let node = try LiveNode()
      let interfaces = try hosts.map { try #require(node.laboratory.nodeInterface(of: $0)) }
      let guards = interfaces.flatMap { ["--pod-interfaces", $0] }
      let result = try node.laboratory.runInNode(
        try node.applying([]) + ["--anti-spoof"] + guards)
      #expect(result.status == 0, "\(result.errors)")
      return node
    }

    private func takeAddresses(_ node: LiveNode) throws {
      for address in try Self.others.map(parse) {
        try node.laboratory.giveAddress(address, to: "alpha")
      }
    }

    private func spoofs(from host: String = "alpha") throws -> [LabAttempt] {
      try Self.others.map(parse).map { address in
        LabAttempt(
          .udp, from: host, fromAddress: address,
          to: try parse(address.family == .ipv4 ? "10.244.1.3" : "fd00:244::1:3"), port: 53)
      }
    }

    @Test func `a pod's own address passes, any other is dropped and counted`() throws {
      let node = try guarded()
      let fixture = try LabFixture()
      #expect(try node.laboratory.surprises(fixture.everyAttempt()) { _ in true } == [])
      for family in ["ip", "ip6"] { #expect(try node.laboratory.spoofed(in: family) == 0) }
      try takeAddresses(node)
      #expect(try node.laboratory.surprises(spoofs()) { _ in false } == [])
      // What has no answer is sent again.
      for family in ["ip", "ip6"] { #expect(try node.laboratory.spoofed(in: family) ?? 0 >= 3) }
    }

    @Test func `what another interface brings is no business of it`() throws {
      let node = try guarded(["beta"])
      try takeAddresses(node)
      #expect(try node.laboratory.surprises(spoofs()) { _ in true } == [])
    }

    @Test func `services lead to pods, and answers back`() throws {
      let node = try guarded()
      try node.laboratory.load(ruleset: LabFixture.service)
      let surprises = try node.laboratory.surprises(LabFixture.serviceAttempts()) { attempt in
        !Transport.allCases.contains { attempt.isTransport($0, 81) }
      }
      #expect(surprises == [])
    }

    @Test func `it goes with the ruleset, by roll-back and by removal`() throws {
      let node = try LiveNode()
      try takeAddresses(node)
      try node.apply([])
      try node.apply([], "--anti-spoof", "--pod-interfaces", "veth+")
      #expect(try node.laboratory.surprises(spoofs()) { _ in false } == [])
      try node.cleanGeneration()
      try node.netpolc("rollback")
      #expect(try node.laboratory.surprises(spoofs()) { _ in true } == [])
      try node.netpolc("rollback", "--to", "2")
      #expect(try node.laboratory.surprises(spoofs()) { _ in false } == [])
      try node.netpolc("uninstall")
      #expect(try node.laboratory.surprises(spoofs()) { _ in true } == [])
    }

    @Test func `IPv6 neighbours are found, and addresses made sure to be free`() throws {
      let nodes = try TwoNodes()
      let scratch = try Scratch()
      try scratch.write("cluster.yaml", MasqueradeLab.cluster)
      // What comes past the guard, from nobody yet and from the link alone.
      try nodes.run(
        ["nft", "-f", "-"], on: .node1,
        input: """
          table ip6 lab {
            counter unspecified { }
            counter linklocal { }
            chain prerouting {
              type filter hook prerouting priority filter; policy accept;
              iifname "veth-podA" ip6 saddr :: counter name unspecified
              iifname "veth-podA" ip6 saddr fe80::/10 counter name linklocal
            }
          }

          """)
      try nodes.run(
        [
          Program.path, "apply", "-f", "\(scratch.path)/cluster.yaml", "--node", "n1",
          "--anti-spoof", "--pod-interfaces", "veth-*", "--state-dir", "\(scratch.path)/state",
        ], on: .node1)
      try nodes.set("ipv6/conf/eth0/accept_dad", "1", on: .podA)
      for host in [TwoNodes.Host.podA, .podB, .node1] {
        try nodes.run(["ip", "neigh", "flush", "all"], on: host)
      }
      try nodes.run(["ip", "address", "add", "fd00:244:1::2:2/128", "dev", "eth0"], on: .podA)
      try nodes.run(["ip", "route", "add", "fd00:244:1::2:2/128", "dev", "veth-podA"], on: .node1)
      for family in IPFamily.allCases {
        for server in [TwoNodes.Host.podB, .podC, .node1, .internet] {
          #expect(
            try nodes.source(from: .podA, to: server, family: family)?.address
              == nodes.address(.podA, family))
        }
        #expect(try nodes.source(from: .node1, to: .podA, family: family) != nil)
        #expect(try nodes.source(from: .podC, to: .podA, family: family) != nil)
      }
      let added = try #require(IPAddress("fd00:244:1::2:2"))
      try eventually {
        try nodes.run(["ip", "-6", "address", "show", "tentative"], on: .podA).isEmpty
      }
      #expect(
        try nodes.source(from: .podA, added, to: .podC, family: .ipv6)?.address == added)
      for counter in ["unspecified", "linklocal"] {
        #expect(
          try !nodes.run(["nft", "list", "counter", "ip6", "lab", counter], on: .node1)
            .contains("packets 0 "), "\(counter)")
      }
      #expect(
        try nodes.run(["nft", "list", "counter", "ip6", "netpolc", "deny-spoofed"], on: .node1)
          .contains("packets 0 "))
    }
  }
}
