import Diagnostics
import Kubernetes
import Manifests
import NetSets
import TestSupport
import Testing

@testable import Masquerade

/// Programs that translate on a node, by their files and how they are started.
@Suite struct ReadAgentsTests {
  private let nodes = [
    Node(
      name: "n1", addresses: [parse("192.168.50.1"), parse("fd50::1")],
      podCIDRs: [prefix("10.244.1.0/24"), prefix("10.9.1.0/24"), prefix("fd00:244:1::/64")],
      location: SourceLocation(file: "nodes.yaml", line: 1, column: 1)),
    Node(
      name: "n2", addresses: [parse("192.168.50.2")], podCIDRs: [prefix("10.244.2.0/24")],
      location: SourceLocation(file: "nodes.yaml", line: 2, column: 1)),
  ]

  private func context(skip: [IPPrefix] = []) -> MasqueradeContext {
    MasqueradeContext(skip: skip, node: nodes[0], nodes: nodes)
  }

  /// The action on a connection of TCP from a pod, by `eth0`.
  private func action(
    _ masquerade: Masquerade, to destination: String, from source: String? = nil
  ) -> Masquerade.Action? {
    let destination = parse(destination)
    let flow = Masquerade.Flow(
      source: parse(source ?? (destination.family == .ipv4 ? "10.244.1.5" : "fd00:244:1::5")),
      destination: destination, layer4: .tcp, outInterface: "eth0")
    switch masquerade.decision(on: flow) {
    case .masqueraded(let rule), .translated(_, let rule), .kept(let rule): return rule.action
    case .untouched, .endsHere: return nil
    case .depends(let rule): return rule.action
    }
  }

  private func masquerade(
    _ texts: (String, String)..., context: MasqueradeContext = MasqueradeContext()
  ) throws -> Masquerade {
    var configuration: MasqueradeConfiguration?
    var problems: [String] = []
    switch texts.count {
    case 1: (configuration, problems) = read(texts[0])
    case 2: (configuration, problems) = read(texts[0], texts[1])
    default: (configuration, problems) = read(texts[0], texts[1], texts[2])
    }
    #expect(problems == [])
    return try #require(configuration).masquerade(context)
  }

  private let agentImage = "registry.k8s.io/networking/ip-masq-agent:v2.8.0"
  private let secondImage = "mcr.microsoft.com/aks/ip-masq-agent-v2:v0.1.1"
  private func configMap(_ key: String, _ text: String) -> String {
    "kind: ConfigMap\ndata:\n  \(key): |\n    \(text)\n"
  }

  @Test func `ip-masq-agent without a file keeps private ranges, and reserved ones if told so`()
    throws
  {
    let plain = try masquerade(("ds.yaml", DaemonSets.text(agentImage)))
    #expect(action(plain, to: "172.16.0.1") == .keep)
    #expect(action(plain, to: "169.254.1.1") == .keep)
    #expect(action(plain, to: "203.0.113.9") == .masquerade(Masquerade.Ports(nil, .fully)))
    // It has no rules of IPv6 unless it is told to.
    #expect(action(plain, to: "2001:db8::9") == nil)
    let told = try masquerade(
      (
        "ds.yaml",
        DaemonSets.text(
          agentImage, "-v=2", "--nomasq-all-reserved-ranges", "--enable-ipv6=true",
          "--random-fully=false")
      ))
    #expect(action(told, to: "203.0.113.9") == .keep)
    #expect(action(told, to: "198.52.0.9") == .masquerade(Masquerade.Ports(nil, .none)))
    #expect(action(told, to: "2001:db8::9") == .masquerade(Masquerade.Ports(nil, .none)))
  }

  @Test func `ip-masq-agent's file with a range of IPv6 needs a flag`() throws {
    let file = ("config", "nonMasqueradeCIDRs: [10.0.0.0/8, 'fd00::/8']\n")
    #expect(action(try masquerade(file), to: "2001:db8::9") != nil)
    let (found, problems) = read(file, ("ds.yaml", DaemonSets.text(agentImage)))
    #expect(found == nil)
    #expect(problems.first?.hasPrefix("config:1:") ?? false, "\(problems)")
    #expect(problems.first?.contains("--enable-ipv6") ?? false)
    let both = try masquerade(
      file, ("ds.yaml", DaemonSets.text(agentImage, "--enable-ipv6")))
    #expect(action(both, to: "fd00::9") == .keep)
  }

  @Test func `a range of ports is of a rule, and several cannot be ours`() throws {
    let flag = DaemonSets.text(agentImage, "--to-ports", "32768-65535")
    let one = try masquerade(("ds.yaml", flag))
    #expect(
      action(one, to: "203.0.113.9") == .masquerade(Masquerade.Ports(32768...65535, .fully)))
    let several = read(
      ("ds.yaml", DaemonSets.text(agentImage, "--to-ports=1024-29999,32768-65535"))
    ).0
    #expect(try #require(several).reasonNotToOwn?.contains("several ranges") ?? false)
    let observed = try #require(several).masquerade(MasqueradeContext())
    #expect(action(observed, to: "203.0.113.9") == .masquerade(Masquerade.Ports(nil, .fully)))
    for bad in ["5-1", "0-9", "a", "1-2-3", "1-2,", "1-70000"] {
      let (found, problems) = read(("ds.yaml", DaemonSets.text(agentImage, "--to-ports=\(bad)")))
      #expect(found == nil && problems.first?.hasPrefix("ds.yaml:10:") ?? false, "\(problems)")
    }
  }

  @Test func `ip-masq-agent and Azure's read a file without ranges differently`() throws {
    let text = "masqLinkLocal: true"
    let original = try masquerade(("cm.yaml", configMap("config", text)))
    #expect(action(original, to: "10.9.9.9") == .keep)
    #expect(action(original, to: "169.254.1.1") != .keep)
    let second = try masquerade(("cm.yaml", configMap("ip-masq-agent", text)))
    #expect(action(second, to: "10.9.9.9") == .masquerade(Masquerade.Ports(nil, .none)))
    let plain = try #require(read(("config", text)).0)
    let error = #expect(throws: MissingFact.self) { try plain.masquerade(MasqueradeContext()) }
    #expect(error?.description.contains("give its ConfigMap or its DaemonSet") ?? false)
    #expect(
      action(
        try masquerade(("config", text), ("ds.yaml", DaemonSets.text(agentImage))),
        to: "10.9.9.9") == .keep)
  }

  @Test func `Azure's joins its files, ip-masq-agent reads one`() throws {
    let files = (
      ("a.yaml", configMap("ip-masq-agent", "nonMasqueradeCIDRs: [10.244.0.0/16]")),
      (
        "b.yaml",
        configMap(
          "ip-masq-agent-reconciled", "{nonMasqueradeCIDRs: [10.9.0.0/16], masqLinkLocal: true}")
      )
    )
    let joined = try masquerade(
      files.0, files.1, ("ds.yaml", DaemonSets.text(secondImage, "--enable-ipv6")))
    for kept in ["10.244.9.9", "10.9.9.9"] { #expect(action(joined, to: kept) == .keep) }
    for translated in ["10.8.9.9", "169.254.1.1", "2001:db8::9"] {
      #expect(action(joined, to: translated) == .masquerade(Masquerade.Ports(nil, .none)))
    }
    for (one, other, words) in [
      (files.0, ("ds.yaml", DaemonSets.text(agentImage)), "this is for ip-masq-agent, and another"),
      (
        ("a.yaml", configMap("config", "masqLinkLocal: true")),
        ("b.yaml", configMap("config", "masqLinkLocal: true")), "reads one file"
      ),
      (
        ("a.yaml", DaemonSets.text(agentImage)), ("b.yaml", DaemonSets.text(agentImage)),
        "a DaemonSet of ip-masq-agent too"
      ),
    ] {
      let (found, problems) = read(one, other)
      #expect(found == nil)
      #expect(problems.contains { $0.contains(words) }, "\(problems)")
    }
  }

  @Test func `more ranges than ip-masq-agent takes are refused`() {
    let many = (0..<65).map { "10.\($0).0.0/16" }.joined(separator: ", ")
    let (found, problems) = read(("config", "nonMasqueradeCIDRs: [\(many)]\n"))
    #expect(found == nil && problems.first?.contains("65 ranges") ?? false)
    #expect(read(("config", "cidrLimit: 65\nnonMasqueradeCIDRs: [\(many)]\n")).0 != nil)
  }

  @Test func `kindnet keeps the first range of each node and what its flag says`() throws {
    let text = DaemonSets.text(
      "registry.k8s.io/networking/kindnet:v1.0.0", "--masquerading=true",
      "--no-masquerade-cidr=192.168.50.0/24,2001:db8:1::/48")
    let found = try masquerade(("ds.yaml", text), context: context())
    #expect(
      ranges(try #require(found.kept).destinations) == [
        "192.168.50.0/24 ds.yaml:10", "2001:db8:1::/48 ds.yaml:10", "10.244.1.0/24 nodes.yaml:1",
        "fd00:244:1::/64 nodes.yaml:1", "10.244.2.0/24 nodes.yaml:2",
      ])
    // Whoever it is.
    #expect(
      action(found, to: "10.9.1.1", from: "172.30.0.1")
        == .masquerade(Masquerade.Ports(nil, .none)))
    #expect(action(found, to: "2001:db8::9") != .keep)
    #expect(throws: MissingFact.self) {
      try masquerade(("ds.yaml", text), context: MasqueradeContext())
    }
    let off = try masquerade(
      ("ds.yaml", DaemonSets.text("kindnet", "--masquerading=false")), context: context())
    #expect(off.rules.isEmpty)
  }

  @Test func `kind's kindnetd has rules of the families of its pods`() throws {
    let texts = [
      ("env", "POD_SUBNET=10.244.0.0/16\n"),
      (
        "ds.yaml",
        DaemonSets.text(
          "docker.io/kindest/kindnetd:v20230809",
          env: "[{name: HOST_IP, valueFrom: {}}, {name: POD_SUBNET, value: 10.244.0.0/16}]")
      ),
    ]
    for text in texts {
      let found = try masquerade(text)
      #expect(found.profile == .kindMasqAgent)
      #expect(action(found, to: "10.244.9.9") == .keep)
      #expect(action(found, to: "203.0.113.9") == .masquerade(Masquerade.Ports(nil, .none)))
      #expect(action(found, to: "2001:db8::9") == nil)
    }
  }

  @Test func `Antrea translates what the node's pods send to others than pods`() throws {
    let text = configMap("antrea-agent.conf", "snatFullyRandomPorts: true")
    let found = try masquerade(("antrea.yaml", text), context: context())
    #expect(found.profile == .antrea)
    #expect(action(found, to: "203.0.113.9") == .masquerade(Masquerade.Ports(nil, .fully)))
    #expect(action(found, to: "10.244.2.2") == nil)
    #expect(action(found, to: "203.0.113.9", from: "10.244.2.5") == nil)
    var own = Masquerade.Flow(
      source: parse("192.168.50.1"), destination: parse("10.244.2.2"), layer4: .udp,
      outInterface: "antrea-gw0", isSourceLocal: true, isSourceOnOutInterface: false)
    guard case .masqueraded = found.decision(on: own) else { throw Unexpected() }
    own.isSourceOnOutInterface = true
    #expect(found.decision(on: own) == .untouched)
    for text in [
      "trafficEncapMode: noEncap\nnoSNAT: true\n", "trafficEncapMode: NETWORKPOLICYONLY\n",
    ] {
      let kept = try masquerade(("antrea-agent.conf", text), context: context())
      #expect(action(kept, to: "203.0.113.9") == nil)
    }
    let configuration = try #require(read(("antrea.yaml", text)).0)
    #expect(configuration.reasonNotToOwn != nil)
    for lacking in [
      MasqueradeContext(), MasqueradeContext(node: nodes[0]), MasqueradeContext(nodes: nodes),
    ] {
      #expect(throws: MissingFact.self) { try configuration.masquerade(lacking) }
    }
  }

  @Test func `Cilium in eBPF reaches nodes too without translation, and cannot be overridden`()
    throws
  {
    let text = "cluster-pool-ipv4-cidr: 10.244.0.0/16\nenable-bpf-masquerade: \"true\"\n"
    let found = try masquerade(("cilium.yaml", text), context: context())
    #expect(action(found, to: "192.168.50.2") == nil)
    #expect(action(found, to: "192.168.50.3") == .masquerade(Masquerade.Ports(nil, .fully)))
    let configuration = try #require(read(("cilium.yaml", text)).0)
    #expect(configuration.reasonNotToOverride != nil)
    #expect(throws: MissingFact.self) { try configuration.masquerade(MasqueradeContext()) }
    let inIptables = read(("cilium.yaml", "cluster-pool-ipv4-cidr: 10.244.0.0/16\n")).0
    #expect(try #require(inIptables).reasonNotToOverride == nil)
  }

  @Test func `an interface that a file names is the only one that is translated by`() throws {
    let agent = try masquerade(
      ("config", "nonMasqueradeCIDRs: [10.0.0.0/8]\noutputInterface: eth+\n"))
    let cilium = try masquerade(
      (
        "cilium.yaml",
        "cluster-pool-ipv4-cidr: 10.244.0.0/16\negress-masquerade-interfaces: eth+ wlan0\n"
      ))
    for masquerade in [agent, cilium] {
      var flow = Masquerade.Flow(
        source: parse("10.244.1.5"), destination: parse("203.0.113.9"), layer4: .tcp,
        outInterface: "eth1")
      guard case .masqueraded = masquerade.decision(on: flow) else { throw Unexpected() }
      flow.outInterface = "wg0"
      #expect(masquerade.decision(on: flow) == .untouched)
    }
    let (found, problems) = read(
      (
        "cilium.yaml",
        "cluster-pool-ipv4-cidr: 10.244.0.0/16\negress-masquerade-interfaces: eth0 a/b\n"
      ))
    #expect(found == nil && problems.first?.contains("no interface is named") ?? false)
  }

  @Test func `a pool of Calico for load balancers keeps nothing, and other fields do not matter`()
    throws
  {
    let pods = parseManifest(
      """
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: pods}
      spec: {cidr: 10.244.0.0/16, natOutgoing: true, blockSize: 26, disableBGPExport: true}
      """)
    let balancers = parseManifest(
      """
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: balancers}
      spec: {cidr: 203.0.113.0/24, allowedUses: [LoadBalancer]}
      """)
    var diagnostics = Diagnostics()
    let pools = [pods, balancers].compactMap { IPPool($0, &diagnostics) }
    #expect(pools.count == 2 && diagnostics.all.isEmpty)
    let found = Masquerade(pools: pools, nil, nodes: [])
    #expect(action(found, to: "203.0.113.9") == .masquerade(Masquerade.Ports(nil, .fully)))
    #expect(action(found, to: "10.244.9.9") == nil)
  }

  @Test func `a DaemonSet of another program is refused`() {
    let (found, problems) = read(("ds.yaml", DaemonSets.text("nginx", "--masquerading=true")))
    #expect(found == nil)
    #expect(problems.first?.contains("no container of this DaemonSet") ?? false)
  }

  @Test func `flags are read as their programs read them`() {
    let text = "command: [agent, -a, b, --c=d=e, --f, --, --g]\nargs: [-h, 'x', --c=2]\n"
    let fields = parseManifest(text)
    let settings = NamedSettings(of: fields)
    #expect(
      settings.entries.map { "\($0.key) \($0.value)" } == [
        "--a b", "--c d=e", "--f true", "--g true", "--h x", "--c 2",
      ])
    #expect(settings["--c"]?.value == "2")
  }

  private func parseManifest(_ text: String) -> Field {
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "f", bytes: Array(text.utf8))
    let values = Manifests.parseManifest(file, &diagnostics)
    precondition(!diagnostics.hasErrors && values.count == 1, "\(diagnostics.all)")
    return Field(values[0], path: .root)
  }
}
