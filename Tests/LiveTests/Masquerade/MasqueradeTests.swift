import NetSets
import TestSupport
import Testing

extension Live {
  /// Which source a server sees, by real packets: as each profile's table says, and as
  /// `netpolc explain --nat` says.
  @Suite struct MasqueradeTests {
    private static let pods = [
      "--masq-from", "10.244.0.0/16", "--masq-from", "fd00:244::/32",
    ]

    @Test(arguments: [TwoNodes.Attachment.routed, .bridged])
    func `without any rule sources are kept`(_ attachment: TwoNodes.Attachment) throws {
      let lab = try MasqueradeLab(attachment)
      try lab.check([:])
    }

    @Test(arguments: [TwoNodes.Attachment.routed, .bridged])
    func `flags translate what pods send to others than pods`(
      _ attachment: TwoNodes.Attachment
    ) throws {
      let lab = try MasqueradeLab(attachment)
      try lab.apply(Self.pods)
      try lab.check(
        [.podToOtherNode: .node, .podToInternet: .node], explainedBy: Self.pods)
    }

    @Test func `flags name ranges, an address, ports and interfaces`() throws {
      let lab = try MasqueradeLab()
      try lab.nodes.run(
        ["ip", "address", "add", "192.168.50.77/32", "dev", "lo"], on: .node1)
      let arguments =
        Self.pods + [
          "--masq-skip", "192.168.50.0/24", "--masq-skip", "fd50::/64", "--masq-to",
          "192.168.50.77", "--masq-ports", "40000-40009", "--masq-random", "prng",
          "--masq-out-iface", "eth+",
        ]
      try lab.apply(arguments)
      try lab.check(
        [.podToInternet: .address("192.168.50.77")], .ipv4,
        explainedBy: arguments + ["--out-iface", "eth0"])
      // There is no address for the other family, so that nothing is translated in it.
      try lab.check([:], .ipv6, explainedBy: arguments + ["--out-iface", "eth0"])
      let seen = try lab.nodes.source(from: .podA, to: .internet, family: .ipv4)
      #expect((40000...40009).contains(seen?.port ?? 0))
      try lab.apply(Self.pods + ["--masq-out-iface", "wan0"])
      try lab.check([:])
    }

    @Test func `a new configuration replaces the old one, and none removes it`() throws {
      let lab = try MasqueradeLab()
      try lab.apply(Self.pods)
      try lab.apply(["--masq-from", "10.244.1.3/32"])
      #expect(
        try lab.nodes.source(from: .podA, to: .internet, family: .ipv4)?.address
          == lab.nodes.address(.podA, .ipv4))
      #expect(
        try lab.nodes.source(from: .podB, to: .internet, family: .ipv4)?.address
          == lab.nodes.address(.node1, .ipv4))
      try lab.apply([])
      try lab.check([:])
    }

    @Test func `Calico's pools translate to everywhere but pools`() throws {
      let lab = try MasqueradeLab()
      let pools = try lab.write(
        "pools.yaml",
        """
        apiVersion: projectcalico.org/v3
        kind: IPPool
        metadata: {name: v4}
        spec: {cidr: 10.244.0.0/16, natOutgoing: true, ipipMode: Never}
        ---
        apiVersion: crd.projectcalico.org/v1
        kind: IPPool
        metadata: {name: v6}
        spec: {cidr: 'fd00:244::/32', natOutgoing: true}
        ---
        apiVersion: projectcalico.org/v3
        kind: IPPool
        metadata: {name: the-other-node}
        spec: {cidr: 192.168.50.2/32, disabled: true}

        """)
      let arguments = ["-f", pools, "--masq", "own"]
      try lab.apply(arguments)
      try lab.check([.podToInternet: .node], .ipv4, explainedBy: arguments)
      try lab.check(
        [.podToInternet: .node, .podToOtherNode: .node], .ipv6, explainedBy: arguments)
      let felix = try lab.write(
        "felix.yaml",
        """
        apiVersion: projectcalico.org/v3
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {natPortRange: "50000:50009", natOutgoingExclusions: IPPoolsAndHostIPs}

        """)
      try lab.apply(arguments + ["-f", felix])
      try lab.check([.podToInternet: .node], explainedBy: arguments + ["-f", felix])
      let seen = try lab.nodes.source(from: .podA, to: .internet, family: .ipv6)
      #expect((50000...50009).contains(seen?.port ?? 0))
    }

    private static let subnets = """
      FLANNEL_NETWORK=10.244.0.0/16
      FLANNEL_SUBNET=10.244.1.1/24
      FLANNEL_IPV6_NETWORK=fd00:244::/32
      FLANNEL_IPV6_SUBNET=fd00:244:1::1/64
      FLANNEL_IPMASQ=true

      """

    @Test func `Flannel's tunnel has the node's connections leave by its own address`() throws {
      let lab = try MasqueradeLab(.bridged, .vxlan)
      let file = try lab.write("subnet.env", Self.subnets)
      let arguments = ["--masq-config", file, "--masq", "own"]
      try lab.apply(arguments)
      try lab.check(
        [
          .podToOtherNode: .node, .podToInternet: .node,
          .nodeToServiceElsewhere: .address("10.244.1.0"),
        ], .ipv4)
      // Without a tunnel the node's own address is that of the interface.
      try lab.check(
        [
          .podToOtherNode: .node, .podToInternet: .node,
        ], .ipv6)
      #expect(
        try lab.explained(.nodeToServiceElsewhere, .ipv4, arguments).nat("action") == "masquerade")
      #expect(try lab.explained(.podToPodElsewhere, .ipv4, arguments).nat("action") == "keep")
    }

    @Test func `ip-masq-agent's configuration translates whoever it is`() throws {
      let lab = try MasqueradeLab()
      let file = try lab.write(
        "config",
        """
        nonMasqueradeCIDRs: [10.0.0.0/8, 'fd00::/8']
        masqLinkLocal: false
        resyncInterval: 60s

        """)
      let arguments = ["--masq-config", file, "--masq", "own"]
      try lab.apply(arguments)
      try lab.check(
        [.podToOtherNode: .node, .podToInternet: .node], .ipv4, explainedBy: arguments)
      try lab.check([.podToInternet: .node], .ipv6, explainedBy: arguments)
    }
  }
}
