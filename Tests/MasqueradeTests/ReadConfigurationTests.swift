import Diagnostics
import Kubernetes
import Manifests
import NetSets
import TestSupport
import Testing

@testable import Masquerade

@Suite struct ReadConfigurationTests {
  @Test func `Flannel's two files are one configuration`() throws {
    let (found, problems) = read(
      ("net-conf.json", #"{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}"#),
      (
        "subnet.env",
        """
        # written by flanneld
        FLANNEL_NETWORK=10.244.0.0/16
        FLANNEL_SUBNET=10.244.1.1/24
        FLANNEL_MTU=1450
        FLANNEL_IPMASQ=true
        """
      ))
    #expect(problems.isEmpty)
    let masquerade = try #require(found).masquerade(MasqueradeContext())
    let kept = try #require(masquerade.kept)
    #expect(ranges(kept.destinations) == ["10.244.0.0/16 net-conf.json:1"])
    #expect(ranges(kept.pods) == ["10.244.1.0/24 subnet.env:3"])
  }

  @Test func `a ConfigMap holds Flannel's file as a text`() throws {
    let (found, problems) = read(
      (
        "cm.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: kube-flannel-cfg}
        data:
          cni-conf.json: "{}"
          net-conf.json: |
            {"Network": "10.244.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00::/64"}
        """
      ))
    #expect(problems.isEmpty)
    guard case .flannel(let network) = found else { throw Unexpected() }
    #expect(
      ranges(AddressGroup("x", network.cluster)) == [
        "10.244.0.0/16 cm.yaml:6", "fd00::/64 cm.yaml:6",
      ])
    #expect(throws: MissingFact.self) {
      try MasqueradeConfiguration.flannel(network).masquerade(MasqueradeContext())
    }
  }

  @Test func `what is wrong in a ConfigMap's text is said where the text stands`() {
    let (found, problems) = read(
      (
        "cm.yaml",
        """
        kind: ConfigMap
        data:
          config: |
            nonMasqueradeCIDRs:
              - 10.0.0.0/8
              - 10.1.2.3/8
        """
      ))
    #expect(found == nil)
    #expect(
      problems == [
        "cm.yaml:3:11: error: data.config: line 3 of this text: the string \"10.1.2.3/8\" has bits "
          + "after its length, which the agent refuses [invalid-address]"
      ])
  }

  @Test func `ip-masq-agent's file is YAML or JSON, and link-local addresses are kept by default`()
    throws
  {
    for text in [
      "nonMasqueradeCIDRs:\n  - 10.0.0.0/8\nresyncInterval: 60s\nmasqLinkLocalIPv6: true\n",
      #"{"nonMasqueradeCIDRs": ["10.0.0.0/8"], "masqLinkLocalIPv6": true}"#,
    ] {
      let (found, problems) = read(("config", text))
      #expect(problems.isEmpty)
      let masquerade = try #require(found).masquerade(MasqueradeContext())
      let skip = masquerade.group(AddressGroup.Name("masq-skip")).addresses
      #expect(skip.contains(parse("10.1.2.3")) && skip.contains(parse("169.254.1.1")))
      #expect(!skip.contains(parse("fe80::1")) && !skip.contains(parse("192.168.0.1")))
    }
  }

  @Test(arguments: [
    ("config", "nonMasqueradeCIDR: [10.0.0.0/8]\nmasqLinkLocal: false\n", "unknown-field"),
    ("config", "nonMasqueradeCIDRs: [10.0.0/8]\n", "invalid-address"),
    ("config", "masqLinkLocal: 1\n", "wrong-type"),
    ("config", "outputInterface: a/b\nmasqLinkLocal: false\n", "invalid-value"),
    ("x.yaml", "a: 1\n", "unknown-configuration"), ("x.yaml", "- 1\n", "unknown-configuration"),
    ("x", "", "unknown-configuration"), ("x", "---\n# nothing\n", "unknown-configuration"),
    ("x.env", "FOO=1\n", "unknown-configuration"),
    ("x.env", "FLANNEL_NETWORK=10.244.0.0/33\n", "invalid-address"),
    ("x.env", "FLANNEL_IPMASQ=maybe\nFLANNEL_NETWORK=10.0.0.0/8\n", "invalid-value"),
    ("x.env", "AWS_VPC_K8S_CNI_RANDOMIZESNAT=yes\n", "invalid-value"),
    ("x.env", "AWS_VPC_K8S_CNI_EXTERNALSNAT\nFLANNEL_X=1", "unknown-configuration"),
    (
      "x.conflist", #"{"cniVersion": "1.0.0", "plugins": [{"type": "macvlan"}]}"#,
      "unknown-configuration"
    ),
    ("net-conf.json", #"{"Network": "ten"}"#, "invalid-address"),
    ("x.env", "POD_SUBNET=\n", "invalid-value"), ("x.env", "POD_SUBNET=ten\n", "invalid-address"),
    ("cm.yaml", "kind: ConfigMap\ndata: {other: x}\n", "unknown-configuration"),
    (
      "cilium.yaml", "cluster-pool-ipv4-cidr: 10.0.0.0/8\nenable-ip-masq-agent: \"true\"\n",
      "unknown-configuration"
    ),
    ("x.conf", "noSNAT: true\n", "invalid-value"),
    ("x.conf", "noSNAT: true\ntrafficEncapMode: hybrid\n", "invalid-value"),
    ("x.conf", "trafficEncapMode: tunnel\n", "invalid-value"),
    ("x.conf", "trafficEncapMode: encap\nnoSNAT: 1\n", "wrong-type"),
    ("x.conf", "hostGateway: a/b\n", "invalid-value"),
  ])
  func `bad files are refused at their place`(_ path: String, _ text: String, _ code: String) {
    let (found, problems) = read((path, text))
    #expect(found == nil)
    #expect(
      problems.contains { $0.hasPrefix("\(path):") && $0.hasSuffix("[\(code)]") }, "\(problems)")
  }

  @Test func `a network without ranges of its own has the node's`() throws {
    for ipam in ["{}", #"{"ranges": [[{"subnet": "usePodCidr"}]]}"#] {
      let (found, problems) = read(
        (
          "x.conflist",
          #"{"cniVersion": "1.0.0", "plugins": [{"type": "ptp", "ipMasq": true, "ipam": \#(ipam)}]}"#
        ))
      #expect(problems.isEmpty)
      let configuration = try #require(found)
      #expect(throws: MissingFact.self) { try configuration.masquerade(MasqueradeContext()) }
      let own = try #require(WrittenPrefix("10.244.1.0/24")?.prefix)
      let masquerade = try configuration.masquerade(MasqueradeContext(from: [own]))
      #expect(masquerade.kept?.pods.addresses == AddressSet(own))
    }
  }

  @Test func `files of two translators contradict each other`() {
    let (found, problems) = read(
      ("a.env", "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n"),
      ("b", "masqLinkLocal: true\n"))
    #expect(found == nil)
    #expect(
      problems.first?.contains("this is ip-masq-agent's, and another file is flannel's") ?? false)
  }

  @Test func `aws-node's variables are read from its DaemonSet`() throws {
    let (found, problems) = read(
      (
        "ds.yaml",
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: aws-node, namespace: kube-system}
        spec:
          template:
            spec:
              containers:
              - name: aws-node
                env:
                - {name: AWS_VPC_K8S_CNI_EXTERNALSNAT, value: "false"}
                - {name: AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS, value: "172.16.0.0/12, 192.168.0.0/16"}
                - {name: AWS_VPC_K8S_CNI_RANDOMIZESNAT, value: hashrandom}
        """
      ))
    #expect(problems.isEmpty)
    let configuration = try #require(found)
    #expect(configuration.reasonNotToOwn != nil)
    #expect(throws: MissingFact.self) { try configuration.masquerade(MasqueradeContext()) }
    let vpc = try #require(WrittenPrefix("10.0.0.0/16")?.prefix)
    let masquerade = try configuration.masquerade(
      MasqueradeContext(skip: [vpc], to: [parse("10.0.1.10")]))
    let skip = masquerade.group(AddressGroup.Name("masq-skip"))
    #expect(
      ranges(skip) == [
        "10.0.0.0/16", "172.16.0.0/12 ds.yaml:11", "192.168.0.0/16 ds.yaml:11",
      ])
    let flow = Masquerade.Flow(
      source: parse("10.0.1.20"), destination: parse("203.0.113.9"), layer4: .tcp)
    guard case .depends = masquerade.decision(on: flow) else { throw Unexpected() }
    var known = flow
    known.outInterface = "eth0"
    guard case .translated(let address, let rule) = masquerade.decision(on: known) else {
      throw Unexpected()
    }
    #expect(address == parse("10.0.1.10"))
    #expect(rule.action == .address([address], Masquerade.Ports(nil, .prng)))
    known.outInterface = "vlan.eth.1"
    #expect(masquerade.decision(on: known) == .untouched)
  }

  @Test func `external SNAT leaves all sources as they are`() throws {
    let (found, _) = read(("aws.env", "AWS_VPC_K8S_CNI_EXTERNALSNAT=true\n"))
    let masquerade = try #require(found).masquerade(MasqueradeContext())
    #expect(masquerade.rules.isEmpty)
  }

  @Test func `no file, however damaged, ends the reading`() {
    let seeds = [
      "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_IPMASQ=true\n",
      #"{"Network": "10.244.0.0/16", "IPv6Network": "fd00::/64"}"#,
      "nonMasqueradeCIDRs:\n- 10.0.0.0/8\nmasqLinkLocal: true\noutputInterface: eth+\n",
      "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS=\"10.0.0.0/8,\"\nAWS_VPC_K8S_CNI_RANDOMIZESNAT=none\n",
      "kind: ConfigMap\ndata:\n  config: |\n    nonMasqueradeCIDRs: [10.0.0.0/8]\n",
      "cluster-pool-ipv4-cidr: 10.0.0.0/8 10.1.0.0/16\negress-masquerade-interfaces: eth0,eth+\n",
      "POD_SUBNET=10.244.0.0/16,fd00::/48\n",
      "kind: ConfigMap\ndata:\n  antrea-agent.conf: |\n    noSNAT: true\n    trafficEncapMode: noEncap\n",
      "trafficEncapMode: noEncap\nhostGateway: antrea-gw0\nsnatFullyRandomPorts: true\n",
      DaemonSets.text("registry.k8s.io/networking/kindnet:v1", "--no-masquerade-cidr=10.0.0.0/8"),
      DaemonSets.text("ip-masq-agent-v2:1", "--to-ports=1-2,4", "--enable-ipv6", "true"),
      #"{"plugins": [{"type": "bridge", "ipMasq": true, "ipam": {"ranges": [[{"subnet": "10.0.0.0/8"}]]}}]}"#,
    ]
    var generator = SplitMix64(seed: 9)
    var understood = 0
    for round in 0..<6000 {
      var bytes = Array(seeds[round % seeds.count].utf8)
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: place)
        default: bytes.insert(bytes[bytes.count - 1 - place], at: place)
        }
      }
      var diagnostics = Diagnostics()
      let file = ManifestFile(path: "f", bytes: bytes)
      let found = readMasqueradeConfiguration([file], &diagnostics)
      #expect((found == nil) == diagnostics.hasErrors)
      if found != nil { understood += 1 }
    }
    #expect(understood > 500)
  }
}
