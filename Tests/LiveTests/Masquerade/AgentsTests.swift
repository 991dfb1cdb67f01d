import NetSets
import TestSupport
import Testing

extension Live {
  /// Networks that translate by an agent of theirs, beside its own rules: kindnet, Azure and Antrea;
  /// and no network at all.
  @Suite struct AgentsMasqueradeTests {
    private static let outside: [MasqueradeFlow: MasqueradeExpectation] = [
      .podToOtherNode: .node, .podToInternet: .node,
    ]
    private static let interface = ["--out-iface", "eth0"]

    private func daemonSet(_ image: String, _ flags: String..., env: String = "[]") -> String {
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: agent, namespace: kube-system}
      spec:
        template:
          spec:
            containers:
            - name: agent
              image: \(image)
              args: [\(flags.map { "\"\($0)\"" }.joined(separator: ", "))]
              env: \(env)

      """
    }

    /// The table that kindnet makes, and makes anew when a node comes or goes.
    private static let kindnet = """
      table inet kindnet-ipmasq
      delete table inet kindnet-ipmasq
      table inet kindnet-ipmasq {
        set noMasqV4 {
          type ipv4_addr; flags interval; auto-merge
          elements = { 192.168.50.0/24, 10.244.1.0/24, 10.244.2.0/24 }
        }
        set noMasqV6 {
          type ipv6_addr; flags interval; auto-merge
          elements = { fd00:244:1::/64, fd00:244:2::/64 }
        }
        chain postrouting {
          type nat hook postrouting priority 90; policy accept;
          ct state established,related accept
          fib daddr type local accept
          ip daddr @noMasqV4 accept
          ip6 daddr @noMasqV6 accept
          masquerade
        }
      }

      """

    private func makeKindnet(_ lab: MasqueradeLab) throws {
      try lab.nodes.run(["nft", "-f", "-"], on: .node1, input: Self.kindnet)
    }

    @Test func `kindnet's table`() throws {
      let lab = try MasqueradeLab()
      let file = try lab.write(
        "kindnet.yaml",
        daemonSet(
          "registry.k8s.io/networking/kindnet:v1.0.0", "--masquerading=true",
          "--no-masquerade-cidr=192.168.50.0/24"))
      let arguments = ["--masq-config", file]
      try makeKindnet(lab)
      try lab.check([.podToInternet: .node], .ipv4, explainedBy: arguments)
      try lab.check(Self.outside, .ipv6, explainedBy: arguments)
      // Also when its table is the newer one.
      let kept = arguments + ["--masq-skip", "203.0.113.0/24", "--masq-skip", "2001:db8::/32"]
      try lab.checkOverride(kept, [:], [.ipv4])
      try makeKindnet(lab)
      try lab.checkOverride(kept, [:], [.ipv4])
      try lab.checkOverride(kept, [.podToOtherNode: .node], [.ipv6])
      // Rules of ours in its place, as after --masquerading=false.
      try lab.nodes.run(["nft", "delete", "table", "inet", "kindnet-ipmasq"], on: .node1)
      try lab.apply(arguments + ["--masq", "own"])
      try lab.check([.podToInternet: .node], .ipv4, explainedBy: arguments)
      try lab.check(Self.outside, .ipv6, explainedBy: arguments)
    }

    @Test func `the chain of kind's kindnetd`() throws {
      let lab = try MasqueradeLab()
      let pods = [IPFamily.ipv4: "10.244.0.0/16", .ipv6: "fd00:244::/32"]
      let file = try lab.write(
        "kindnet.yaml",
        daemonSet(
          "docker.io/kindest/kindnetd:v20230809",
          env: "[{name: POD_SUBNET, value: '10.244.0.0/16,fd00:244::/32'}]"))
      for (family, pods) in pods {
        try lab.rules(
          family,
          [
            "-N KIND-MASQ-AGENT", "-A KIND-MASQ-AGENT -d \(pods) -j RETURN",
            "-A KIND-MASQ-AGENT -j MASQUERADE",
            "-A POSTROUTING -m addrtype ! --dst-type LOCAL -j KIND-MASQ-AGENT",
          ])
      }
      let arguments = ["--masq-config", file]
      try lab.check(Self.outside, explainedBy: arguments)
      try lab.checkOverride(
        arguments + ["--masq-skip", "203.0.113.0/24"], [.podToOtherNode: .node], [.ipv4])
      try lab.checkOverride(arguments, Self.outside, [.ipv6])
    }

    @Test func `the chain of Azure's ip-masq-agent-v2`() throws {
      let lab = try MasqueradeLab()
      func configMap(_ key: String, _ text: String) throws -> [String] {
        [
          "--masq-config",
          try lab.write("\(key).yaml", "kind: ConfigMap\ndata:\n  \(key): |-\n    \(text)\n"),
        ]
      }
      let agent = try lab.write(
        "ds.yaml",
        daemonSet("mcr.microsoft.com/aks/ip-masq-agent-v2:v0.1.15", "--v=2", "--enable-ipv6"))
      let arguments =
        try configMap(
          "ip-masq-agent-reconciled", "nonMasqueradeCIDRs: [10.244.0.0/16, 'fd00:244::/32']")
        + configMap("ip-masq-agent", "nonMasqueradeCIDRs: [192.168.50.0/24]")
        + ["--masq-config", agent]
      let kept = [
        IPFamily.ipv4: ["169.254.0.0/16", "10.244.0.0/16", "192.168.50.0/24"],
        .ipv6: ["fe80::/10", "fd00:244::/32"],
      ]
      let expected: [IPFamily: [MasqueradeFlow: MasqueradeExpectation]] = [
        .ipv4: [.podToInternet: .node], .ipv6: Self.outside,
      ]
      for (family, ranges) in kept {
        try lab.rules(
          family,
          [
            "-N IP-MASQ-AGENT", "-A POSTROUTING -m addrtype ! --dst-type LOCAL -j IP-MASQ-AGENT",
          ] + ranges.map { "-A IP-MASQ-AGENT -d \($0) -j RETURN" }
            + ["-A IP-MASQ-AGENT -j MASQUERADE"])
        try lab.check(expected[family] ?? [:], family, explainedBy: arguments)
        try lab.checkOverride(arguments, expected[family] ?? [:], [family])
      }
      // Rules of ours in its place.
      for family in kept.keys {
        try lab.rules(family, ["-F POSTROUTING", "-F IP-MASQ-AGENT", "-X IP-MASQ-AGENT"])
        try lab.apply(arguments + ["--masq", "own"])
        try lab.check(expected[family] ?? [:], family, explainedBy: arguments)
      }
    }

    /// Its chain, with pods' ranges as sets of ipset.
    private func makeAntrea(_ lab: MasqueradeLab, gateway: String) throws {
      for (family, set, own, other) in [
        (IPFamily.ipv4, "ANTREA-POD-IP", "10.244.1.0/24", "10.244.2.0/24"),
        (.ipv6, "ANTREA-POD-IP6", "fd00:244:1::/64", "fd00:244:2::/64"),
      ] {
        let kind = family == .ipv4 ? "inet" : "inet6"
        try lab.nodes.run(["ipset", "create", set, "hash:net", "family", kind], on: .node1)
        for range in [own, other] { try lab.nodes.run(["ipset", "add", set, range], on: .node1) }
        try lab.rules(
          family,
          [
            "-N ANTREA-POSTROUTING", "-A POSTROUTING -j ANTREA-POSTROUTING",
            "-A ANTREA-POSTROUTING -s \(own) -m set ! --match-set \(set) dst ! -o \(gateway) "
              + "-j MASQUERADE",
            "-A ANTREA-POSTROUTING -o \(gateway) -m addrtype ! --src-type LOCAL --limit-iface-out "
              + "-m addrtype --src-type LOCAL -j MASQUERADE --random-fully",
          ])
      }
    }

    private func antrea(_ lab: MasqueradeLab, _ settings: String...) throws -> [String] {
      let text = (["featureGates:"] + settings).map { "    \($0)\n" }.joined()
      return [
        "--masq-config",
        try lab.write(
          "antrea.yaml",
          """
          apiVersion: v1
          kind: ConfigMap
          metadata: {name: antrea-config, namespace: kube-system}
          data:
            antrea-cni.conflist: "{}"
            antrea-agent.conf: |
          \(text)
          """),
      ]
    }

    @Test func `Antrea's chain`() throws {
      let lab = try MasqueradeLab()
      try makeAntrea(lab, gateway: "antrea-gw0")
      let arguments = try antrea(lab, "trafficEncapMode: noEncap") + Self.interface
      try lab.check(Self.outside, explainedBy: arguments)
      try lab.checkOverride(
        arguments + ["--masq-skip", "203.0.113.0/24"], [.podToOtherNode: .node], [.ipv4])
      try lab.checkOverride(arguments, Self.outside, [.ipv6])
    }

    /// Its gateway is in the way to pods elsewhere, as `flannel.1` is here.
    @Test func `Antrea has the node's connections to pods leave by its gateway's address`() throws {
      let lab = try MasqueradeLab(.bridged, .vxlan)
      try makeAntrea(lab, gateway: "flannel.1")
      try lab.check(
        [
          .podToOtherNode: .node, .podToInternet: .node,
          .nodeToServiceElsewhere: .address("10.244.1.0"),
        ], .ipv4)
      let arguments = try antrea(lab, "hostGateway: flannel.1", "noSNAT: false")
      let inside = arguments + ["--out-iface", "flannel.1"]
      for flow in [MasqueradeFlow.podToPodElsewhere, .podToServiceElsewhere] {
        #expect(try lab.explained(flow, .ipv4, inside).nat("action") == "keep")
      }
      #expect(
        try lab.explained(.podToInternet, .ipv4, arguments + Self.interface).nat("action")
          == "masquerade")
    }

    @Test func `with no network nothing is translated, and there is no chain for it`() throws {
      let lab = try MasqueradeLab()
      try lab.apply(["--cni", "none"])
      try lab.check([:])
      for family in ["ip", "ip6"] {
        let table = try lab.nodes.run(["nft", "list", "table", family, "netpolc"], on: .node1)
        #expect(table.contains("hook forward") && !table.contains("type nat"), "\(table)")
      }
      // Nobody translates, so that rules of ours may.
      try lab.apply(
        ["--cni", "none", "--masq-from", "10.244.0.0/16", "--masq-from", "fd00:244::/32"])
      try lab.check(Self.outside)
    }
  }
}
