import Host
import TestSupport
import Testing

/// `--masq` and the like, and `explain --nat`.
@Suite struct MasqueradeCommandTests {
  private static let files = Shop.files.merging(
    [
      "pools.yaml": """
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: pods}
      spec: {cidr: 10.244.0.0/16, natOutgoing: true}
      ---
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: partners}
      spec: {cidr: 172.20.0.0/16, disabled: true}

      """,
      "subnet.env": "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n",
      "flannel.json": #"{"Network": "10.244.0.0/16", "EnableNFTables": true}"#,
      "agent": "nonMasqueradeCIDRs: [10.0.0.0/8]\n",
      "antrea.yaml": "trafficEncapMode: encap\n",
      "bpf.yaml": "cluster-pool-ipv4-cidr: 10.244.0.0/16\nenable-bpf-masquerade: \"true\"\n",
      "ports.yaml": """
      kind: DaemonSet
      spec:
        template:
          spec: {containers: [{image: ip-masq-agent, args: ["--to-ports=1024-2047,4096-8191"]}]}

      """,
      "kindnet.yaml": """
      kind: DaemonSet
      spec: {template: {spec: {containers: [{image: kindnet, args: []}]}}}

      """,
      "cilium.yaml": "kind: ConfigMap\ndata: {cluster-pool-ipv4-cidr: 10.244.0.0/16}\n",
    ]
  ) { first, _ in first }

  private func scratch() throws -> Scratch { try Scratch(Self.files) }

  /// The lines of the chain that translates.
  private func chain(_ output: String) -> [Substring] {
    output.split(separator: "\n").drop { !$0.hasSuffix("chain hook-masq {") }.dropFirst()
      .prefix { $0 != "\t}" }.filter { $0.contains("counter") }
  }

  @Test func `pools alone change nothing that is compiled`() throws {
    let scratch = try scratch()
    let without = try scratch.netpolc("compile", "-f", "shop")
    let with = try scratch.netpolc("compile", "-f", "shop", "-f", "pools.yaml")
    #expect(with.output == without.output)
  }

  @Test func `each way to say it makes a chain, or none`() throws {
    let scratch = try scratch()
    func rules(_ arguments: String...) throws -> [Substring] {
      let result = try scratch.run(
        [Program.path, "compile", "-f", "shop", "--node", "n1"] + arguments)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
      return chain(result.output)
    }
    #expect(try rules().isEmpty)
    #expect(try rules("--masq-from", "10.244.0.0/16").count == 1)
    #expect(
      try rules("--masq-from", "10.244.0.0/16,10.9.0.0/16")
        == rules("--masq-from", "10.244.0.0/16", "--masq-from", "10.9.0.0/16"))
    #expect(try rules("--masq-from", "10.244.0.0/16", "--masq-ports", "1024-2047").count == 4)
    #expect(try rules("-f", "pools.yaml", "--masq", "own").count == 1)
    #expect(
      try rules("-f", "pools.yaml", "--masq", "override").first?.contains("snat to ip saddr")
        ?? false)
    #expect(try rules("-f", "pools.yaml", "--masq", "observe").isEmpty)
    #expect(try rules("--masq-config", "subnet.env", "--masq", "own").count == 5)
    #expect(try rules("--masq-config", "agent", "--masq", "own").count == 2)
  }

  @Test(arguments: [
    (["--masq", "own"], 2, "the input has no IPPool"),
    (["--masq-config", "cilium.yaml", "--masq", "own"], 2, "cannot stand in for cilium"),
    (["--masq-config", "antrea.yaml", "--masq", "own"], 2, "cannot stand in for antrea"),
    (["--masq-config", "ports.yaml", "--masq", "own"], 2, "--to-ports has several ranges"),
    (["--masq-config", "bpf.yaml", "--masq", "override"], 2, "has no effect on cilium"),
    (
      ["--masq-config", "antrea.yaml", "--masq", "override"], 2,
      "which pods are the node's"
    ),
    (
      [
        "--masq-config", "kindnet.yaml", "--masq", "override", "--masq-skip", "10.0.0.0/8",
        "--backend", "iptables",
      ], 2, "asked before rules of iptables"
    ),
    (
      [
        "--masq-config", "flannel.json", "--masq", "override", "--masq-from", "10.244.0.0/24",
        "--backend", "iptables",
      ], 2, "whichever was made first is asked first"
    ),
    (["--masq-config", "agent"], 64, "give --masq own or override"),
    (["--masq-skip", "10.0.0.0/8"], 64, "there is nothing to translate"),
    (["--masq-from", "10.0.0.1/8"], 64, "--masq-from"),
    (["--masq-from", "10.0.0.0/8", "--masq-ports", "20-10"], 64, "--masq-ports"),
    (
      ["--masq-from", "10.0.0.0/8", "--masq-to", "1.1.1.1", "--masq-to", "2.2.2.2"], 64,
      "one address a family"
    ),
    (
      ["--masq-config", "agent", "--masq", "own", "--masq-random", "none"], 64,
      "have no effect"
    ),
    (
      ["--masq-from", "10.0.0.0/8", "--masq", "override", "--masq-to", "1.1.1.1"], 64, "no address"
    ),
    (["--masq-config", "nowhere", "--masq", "own"], 2, "nowhere"),
    (["--masq-config", "shop/cluster.yaml", "--masq", "own"], 2, "configures no translator"),
  ])
  func `what cannot be done is refused`(_ arguments: [String], _ status: Int32, _ words: String)
    throws
  {
    let result = try scratch().run([Program.path, "compile", "-f", "shop"] + arguments)
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.output == "")
  }

  @Test(arguments: [
    ([], "masquerade fully-random "), (["--masq-random", "fully"], "masquerade fully-random "),
    (["--masq-random", "prng"], "masquerade random "), (["--masq-random", "none"], "masquerade "),
  ])
  func `source ports are chosen as asked`(_ arguments: [String], _ words: String) throws {
    let result = try scratch().run(
      [Program.path, "compile", "-f", "shop", "--node", "n1", "--masq-from", "10.244.0.0/16"]
        + arguments)
    let rule = try #require(chain(result.output).first)
    #expect(rule.contains("counter \(words)comment"), "\(rule)")
  }

  @Test func `explain names the address and the lines that decide`() throws {
    let scratch = try scratch()
    let result = try scratch.netpolc(
      "explain", "-f", "shop", "-f", "pools.yaml", "shop/web-0", "shop/api-0", "9000", "--nat")
    #expect(
      result.output.contains(
        "LEAVES    the node n1 as 10.244.1.10: destination in IPPool pods pools.yaml:4"))
    let outside = try scratch.netpolc(
      "explain", "-f", "shop", "-f", "pools.yaml", "shop/web-0", "198.51.100.7", "443", "--nat")
    #expect(outside.status == 1)
    #expect(
      outside.output.contains(
        "would leave the node n1 as the address of the interface that it leaves by: natOutgoing, "
          + "source in IPPool pods pools.yaml:4"))
  }

  @Test func `explain says when it depends on the interface`() throws {
    let scratch = try scratch()
    let arguments = [
      Program.path, "explain", "-f", "shop", "10.9.9.9", "203.0.113.9", "443", "--nat",
      "--masq-from", "10.9.0.0/16", "--masq-out-iface", "eth+",
    ]
    let unknown = try scratch.run(arguments)
    #expect(unknown.output.contains("depends on the interface"))
    let known = try scratch.run(arguments + ["--out-iface", "eth1"])
    #expect(known.output.contains("as the address of the interface"))
    let other = try scratch.run(arguments + ["--out-iface", "wg0"])
    #expect(other.output.contains("as 10.9.9.9: no rule of flags holds"))
  }

  @Test func `a difference shows sets and rules of translation`() throws {
    let scratch = try scratch()
    try scratch.write("more/p.yaml", Self.files["pools.yaml"] ?? "")
    try scratch.run(["cp", "-r", "shop/.", "more"])
    let result = try scratch.netpolc(
      "diff", "--from", "shop", "--to", "shop", "--masq-from", "10.244.0.0/16")
    #expect(result.status == 0)
    try scratch.write("old.nft", try scratch.netpolc("compile", "-f", "shop").output)
    let added = try scratch.netpolc(
      "diff", "--from", "old.nft", "--to", "more", "--masq", "own")
    #expect(added.status == 1)
    #expect(added.output.contains("hook-masq") && added.output.contains("172.20.0.0/16"))
  }

  @Test(arguments: [
    (["--out-iface", "eth0"], "--out-iface changes nothing"),
    (["--masq-from", "10.0.0.0/8"], "change nothing but what --nat"),
  ])
  func `options of --nat need it`(_ arguments: [String], _ words: String) throws {
    let result = try scratch().run(
      [Program.path, "explain", "-f", "shop", "shop/web-0", "10.9.9.9", "443"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(words))
  }
}
