import NetSets
import TestSupport
import Testing

extension Live {
  /// What other tools' own rules do with real packets, against what `netpolc explain --nat` says of
  /// their files; and mode `override` in front of them.
  @Suite struct OthersMasqueradeTests {
    /// Every pod of another node is outside, which policies there cannot make sense of.
    @Test(
      .enabled(if: MasqueradeLab.hasPlugins, "needs containernetworking-plugins"),
      arguments: ["bridge", "ptp"])
    func `the reference plugins translate to pods of other nodes`(_ plugin: String) throws {
      let lab = try MasqueradeLab(.byTest)
      try lab.attach(by: plugin)
      let expected: [MasqueradeFlow: MasqueradeExpectation] = [
        .podToPodElsewhere: .node, .podToServiceElsewhere: .node, .podToOtherNode: .node,
        .podToInternet: .node,
      ]
      let arguments = ["--masq-config", try lab.network(plugin)]
      try lab.check(expected, explainedBy: arguments)
      try lab.checkOverride(
        arguments + ["--masq-skip", "10.244.0.0/16", "--masq-skip", "fd00:244::/32"], expected,
        IPFamily.allCases)
    }

    @Test func `Flannel's rules for iptables`() throws {
      let lab = try MasqueradeLab(.bridged, .vxlan)
      let file = try lab.write(
        "subnet.env",
        "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_IPMASQ=true\n")
      let (cluster, here) = ("10.244.0.0/16", "10.244.1.0/24")
      try lab.rules(
        .ipv4,
        [
          "-N FLANNEL-POSTRTG", "-A POSTROUTING -j FLANNEL-POSTRTG",
          "-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -j RETURN",
          "-A FLANNEL-POSTRTG -s \(here) -d \(cluster) -j RETURN",
          "-A FLANNEL-POSTRTG -s \(cluster) -d \(here) -j RETURN",
          "-A FLANNEL-POSTRTG ! -s \(cluster) -d \(here) -j RETURN",
          "-A FLANNEL-POSTRTG -s \(cluster) ! -d 224.0.0.0/4 -j MASQUERADE --random-fully",
          "-A FLANNEL-POSTRTG ! -s \(cluster) -d \(cluster) -j MASQUERADE --random-fully",
        ])
      let expected: [MasqueradeFlow: MasqueradeExpectation] = [
        .podToOtherNode: .node, .podToInternet: .node,
        .nodeToServiceElsewhere: .address("10.244.1.0"),
      ]
      try lab.check(expected, .ipv4, explainedBy: ["--masq-config", file])
      try lab.checkOverride(["--masq-config", file], expected, [.ipv4])
    }

    @Test func `ip-masq-agent's rules`() throws {
      let lab = try MasqueradeLab()
      let file = try lab.write("config", "nonMasqueradeCIDRs: [10.244.0.0/16, 203.0.113.0/24]\n")
      try lab.rules(
        .ipv4,
        [
          "-N IP-MASQ-AGENT", "-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT",
          "-A IP-MASQ-AGENT -d 169.254.0.0/16 -j RETURN",
          "-A IP-MASQ-AGENT -d 10.244.0.0/16 -j RETURN",
          "-A IP-MASQ-AGENT -d 203.0.113.0/24 -j RETURN",
          "-A IP-MASQ-AGENT -j MASQUERADE --random-fully",
        ])
      let expected: [MasqueradeFlow: MasqueradeExpectation] = [.podToOtherNode: .node]
      try lab.check(expected, .ipv4, explainedBy: ["--masq-config", file])
      try lab.checkOverride(
        ["--masq-config", file], expected, [.ipv4])
    }

    @Test func `the AWS VPC CNI's rules`() throws {
      let lab = try MasqueradeLab()
      let file = try lab.write(
        "aws.env",
        """
        AWS_VPC_K8S_CNI_EXTERNALSNAT=false
        AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS=192.168.50.2/32
        AWS_VPC_K8S_CNI_RANDOMIZESNAT=prng

        """)
      try lab.rules(
        .ipv4,
        [
          "-N AWS-SNAT-CHAIN-0", "-A POSTROUTING -j AWS-SNAT-CHAIN-0",
          "-A AWS-SNAT-CHAIN-0 -d 10.244.0.0/16 -j RETURN",
          "-A AWS-SNAT-CHAIN-0 -d 192.168.50.2/32 -j RETURN",
          "-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m addrtype ! --dst-type LOCAL "
            + "-j SNAT --to-source 192.168.50.1 --random-fully",
        ])
      let expected: [MasqueradeFlow: MasqueradeExpectation] = [.podToInternet: .node]
      let arguments = [
        "--masq-config", file, "--masq-skip", "10.244.0.0/16", "--out-iface", "eth0",
      ]
      try lab.check(expected, .ipv4, explainedBy: arguments + ["--masq-to", "192.168.50.1"])
      // Its pods have addresses of the VPC, and there is no translation for IPv6.
      try lab.check([:], .ipv6)
      try lab.checkOverride(arguments, expected, [.ipv4])
      try lab.checkOverride(arguments + ["--masq-skip", "203.0.113.0/24"], [:], [.ipv4])
    }

    @Test func `Cilium's rules for iptables`() throws {
      let lab = try MasqueradeLab()
      let file = try lab.write(
        "cilium.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: cilium-config, namespace: kube-system}
        data:
          cluster-pool-ipv4-cidr: 10.244.0.0/16
          cluster-pool-ipv6-cidr: fd00:244::/32
          ipv4-native-routing-cidr: 192.168.50.0/24
          enable-ipv4-masquerade: "true"
          enable-ipv6-masquerade: "true"

        """)
      try lab.rules(
        .ipv4,
        [
          "-N CILIUM_POST_nat", "-A POSTROUTING -j CILIUM_POST_nat",
          "-A CILIUM_POST_nat -s 10.244.0.0/16 -d 192.168.50.0/24 -j ACCEPT",
          "-A CILIUM_POST_nat -s 10.244.0.0/16 ! -d 10.244.0.0/16 ! -o cilium_+ -j MASQUERADE",
        ])
      try lab.rules(
        .ipv6,
        [
          "-N CILIUM_POST_nat", "-A POSTROUTING -j CILIUM_POST_nat",
          "-A CILIUM_POST_nat -s fd00:244::/32 ! -d fd00:244::/32 ! -o cilium_+ -j MASQUERADE",
        ])
      let arguments = ["--masq-config", file, "--out-iface", "eth0"]
      try lab.check([.podToInternet: .node], .ipv4, explainedBy: arguments)
      try lab.check(
        [.podToInternet: .node, .podToOtherNode: .node], .ipv6, explainedBy: arguments)
      try lab.checkOverride(
        arguments + ["--masq-skip", "203.0.113.0/24", "--masq-skip", "2001:db8::/32"], [:], [.ipv4])
      try lab.check([.podToOtherNode: .node], .ipv6)
    }

    @Test func `Calico's table`() throws {
      let lab = try MasqueradeLab()
      let pools = try lab.write(
        "pools.yaml",
        """
        apiVersion: projectcalico.org/v3
        kind: IPPool
        metadata: {name: v4}
        spec: {cidr: 10.244.0.0/16, natOutgoing: true}

        """)
      try lab.nodes.run(
        ["nft", "-f", "-"], on: .node1,
        input: """
          table ip calico {
            set masq-ipam-pools { type ipv4_addr; flags interval; elements = { 10.244.0.0/16 }; }
            set network-ip-pools { type ipv4_addr; flags interval; elements = { 10.244.0.0/16 }; }
            chain nat-POSTROUTING {
              type nat hook postrouting priority 110;
              ip saddr @masq-ipam-pools ip daddr != @network-ip-pools masquerade fully-random
            }
          }

          """)
      try lab.check(
        [.podToInternet: .node, .podToOtherNode: .node], .ipv4, explainedBy: ["-f", pools])
    }

    /// Whatever rules somebody put there.
    @Test func `override keeps pods' addresses from any translator`() throws {
      let lab = try MasqueradeLab()
      try lab.rules(.ipv4, ["-A POSTROUTING -s 10.244.1.0/24 -j MASQUERADE"])
      try lab.rules(.ipv6, ["-A POSTROUTING -s fd00:244:1::/64 -j MASQUERADE"])
      let arguments = ["--masq-from", "10.244.0.0/16", "--masq-from", "fd00:244::/32"]
      try lab.apply(arguments + ["--masq", "override"])
      try lab.check([.podToOtherNode: .node, .podToInternet: .node])
    }
  }
}
