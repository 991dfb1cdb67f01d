import Apply
import NetSets
import TestSupport
import Testing

extension Live {
  /// The same by the script of `compile --backend iptables`.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct IptablesMasqueradeTests {
    private static let pods = ["--masq-from", "10.244.0.0/16", "--masq-from", "fd00:244::/32"]

    @Test(arguments: IptablesVariant.allCases)
    func `the script translates, is run again, and removes`(_ variant: IptablesVariant) throws {
      let lab = try MasqueradeLab()
      for _ in 0..<2 {
        try lab.run(variant, Self.pods)
        try lab.check([.podToOtherNode: .node, .podToInternet: .node])
      }
      try lab.run(
        variant, Self.pods + ["--masq-skip", "192.168.50.0/24", "--masq-ports", "50000-50009"])
      try lab.check([.podToInternet: .node], .ipv4)
      let seen = try lab.nodes.source(from: .podA, to: .internet, family: .ipv6)
      #expect((50000...50009).contains(seen?.port ?? 0))
      // A script that says nothing of it takes it away.
      try lab.run(variant, [])
      try lab.check([:])
      try lab.run(variant, Self.pods)
      try lab.run(variant, Self.pods, script: ["remove"])
      try lab.check([:])
      for command in ["iptables", "ip6tables"] {
        let left = try lab.nodes.run(["\(command)-\(variant)", "-t", "nat", "-S"], on: .node1)
        #expect(!left.contains("NPC-"), "\(left)")
      }
      #expect(try lab.nodes.run(["ipset", "list", "-n"], on: .node1) == "")
    }

    @Test(arguments: IptablesVariant.allCases)
    func `pods keep their addresses from rules that were there`(_ variant: IptablesVariant) throws {
      let lab = try MasqueradeLab()
      for (command, range) in [("iptables", "10.244.1.0/24"), ("ip6tables", "fd00:244:1::/64")] {
        try lab.nodes.run(
          [
            "\(command)-\(variant)", "-t", "nat", "-A", "POSTROUTING", "-s", range, "-j",
            "MASQUERADE",
          ],
          on: .node1)
      }
      try lab.run(variant, Self.pods + ["--masq", "override"])
      try lab.check([.podToOtherNode: .node, .podToInternet: .node])
    }

    @Test(arguments: IptablesVariant.allCases)
    func `Flannel's tunnel and Calico's pools`(_ variant: IptablesVariant) throws {
      let lab = try MasqueradeLab(.bridged, .vxlan)
      let file = try lab.write(
        "subnet.env", "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n")
      try lab.run(variant, ["--masq-config", file, "--masq", "own"])
      try lab.check(
        [
          .podToOtherNode: .node, .podToInternet: .node,
          .nodeToServiceElsewhere: .address("10.244.1.0"),
        ], .ipv4)
      let pools = try lab.write(
        "pools.yaml",
        """
        apiVersion: projectcalico.org/v3
        kind: IPPool
        metadata: {name: v4}
        spec: {cidr: 10.244.0.0/16, natOutgoing: true, vxlanMode: Always}

        """)
      try lab.run(variant, ["-f", pools, "--masq", "own"])
      try lab.check([.podToOtherNode: .node, .podToInternet: .node], .ipv4)
    }
  }
}
