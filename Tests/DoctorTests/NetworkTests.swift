import CNI
import NetSets
import Testing

@testable import Doctor

/// Which container network a node has, and whether policy can hold under it.
@Suite struct NetworkTests {
  @Test(arguments: [
    ("bridge", CNIProfile.bridge), ("ptp", .ptp), ("flannel", .flannel), ("calico", .calico),
    ("aws-cni", .awsVPC), ("kindnet", .kindnet), ("azure-vnet", .azure), ("kubenet", .bridge),
  ])
  func `a plugin in the configuration says the network`(_ type: String, _ profile: CNIProfile)
    throws
  {
    let node = try FakeNode(Conflist.plugin(type)).node()
    #expect(node.profile == profile)
    let evidence = node.network.detection?.evidence
    #expect(evidence == "/etc/cni/net.d/10-network.conflist, plugin \(type)")
  }

  @Test(arguments: [("cilium-cni", "eBPF"), ("antrea", "Open vSwitch")])
  func `a network past netfilter is refused, unless it is forced`(_ type: String, _ reason: String)
    throws
  {
    var fake = FakeNode(Conflist.plugin(type))
    let findings = try fake.examine("cni").findings
    #expect(findings.map(\.code) == ["cni-unsupported"])
    #expect(findings[0].why.contains(reason))
    #expect(try fake.examination().verdict == .fails)
    fake.profile = try fake.node().profile
    #expect(try fake.examine("cni").findings.map(\.level) == [.warning])
  }

  @Test func `without a network it cannot be told, and --cni settles it`() throws {
    var fake = FakeNode(nil)
    #expect(try fake.examine("cni").unknown != nil)
    #expect(try fake.examination().verdict == .unknown)
    fake.profile = CNIProfile.none
    #expect(try fake.examination().verdict == .holds)
  }

  @Test func `a configuration comes before state, state before links, links before tables`() throws
  {
    var fake = FakeNode(nil)
    fake.live.tableNames = .known(["filter", "kindnet-ipmasq"])
    #expect(try fake.node().profile == .kindnet)
    fake.add("cali12345")
    #expect(try fake.node().profile == .calico)
    fake.files["var/run/aws-node/ipam.json"] = "{}"
    #expect(try fake.node().profile == .awsVPC)
    fake.files["run/flannel/subnet.env"] = "FLANNEL_SUBNET=10.244.1.1/24\n"
    #expect(try fake.node().profile == .flannel)
    fake.files["etc/cni/net.d/20-last.conflist"] = Conflist.plugin("ptp")
    #expect(try fake.node().profile == .ptp)
  }

  @Test(arguments: [
    ("cilium_host", CNIProfile.cilium), ("lxc_health", .cilium), ("antrea-gw0", .antrea),
    ("cali0a1b", .calico), ("vxlan.calico", .calico), ("flannel.1", .flannel), ("eni0a1b", .awsVPC),
    ("azv0a1b", .azure), ("knet0a1b", .kindnet),
  ])
  func `a link that only one network makes tells it`(_ link: String, _ profile: CNIProfile) throws {
    var fake = FakeNode(nil)
    fake.add("veth1")
    fake.add(link)
    #expect(
      try fake.node().network.detection == Detection(profile: profile, evidence: "the link \(link)")
    )
  }

  @Test func `a bridge cni0 is the bridge plugin's, any other link of the name is not`() throws {
    var fake = FakeNode(nil)
    fake.add("cni0", kind: "vlan")
    #expect(try fake.node().profile == nil)
    fake = FakeNode(nil)
    fake.add("cni0", kind: "bridge")
    #expect(try fake.node().profile == .bridge)
  }

  @Test(arguments: [
    ("flannel-ipv4", CNIProfile.flannel), ("flannel-ipv6", .flannel), ("aws-cni", .awsVPC),
    ("calico", .calico), ("kindnet-ipmasq", .kindnet), ("cni_plugins_masquerade", .bridge),
  ])
  func `a table that only one network makes tells it`(_ table: String, _ profile: CNIProfile) throws
  {
    var fake = FakeNode(nil)
    fake.live.tableNames = .known(["filter", table])
    #expect(try fake.node().profile == profile)
  }

  /// As each network's own sources have them.
  @Test(arguments: [
    (
      CNIProfile.bridge, ["veth"], [], CNIProfile.PodTraffic.bridged,
      CNIProfile.Translation.byConfiguration
    ),
    (.ptp, ["veth"], [], .forwarded, .byConfiguration),
    (.flannel, ["veth"], ["flannel.1", "flannel-v6.1"], .bridged, .byNetwork),
    (
      .calico, ["cali"],
      ["vxlan.calico", "vxlan-v6.calico", "tunl0", "wireguard.cali", "wg-v6.cali"], .forwarded,
      .byNetwork
    ),
    (.awsVPC, ["eni", "vlan"], [], .forwarded, .byNetwork),
    (.kindnet, ["knet", "veth"], [], .forwarded, .byNetwork),
    (.azure, ["azv"], [], .forwarded, .byNetwork),
    (.cilium, ["lxc"], ["cilium_*"], .bypassing, .byNetwork),
    (.antrea, [], ["antrea-gw0"], .bypassing, .byNetwork),
    (.none, [], [], .forwarded, .nobody),
  ])
  func `links and ways of each network`(
    _ profile: CNIProfile, _ interfaces: [String], _ tunnels: [String],
    _ traffic: CNIProfile.PodTraffic, _ translation: CNIProfile.Translation
  ) {
    let traits = profile.traits
    #expect(traits.podInterfaces == interfaces)
    #expect(traits.tunnels.map(\.device) == tunnels)
    #expect(traits.podTraffic == traffic && traits.translation == translation)
  }

  @Test func `the first file by name counts, whatever its ending`() throws {
    var fake = FakeNode(nil)
    fake.files["etc/cni/net.d/20-b.conflist"] = Conflist.plugin("calico")
    fake.files["etc/cni/net.d/10-a.conf"] = #"{"name": "x", "type": "bridge"}"#
    fake.files["etc/cni/net.d/05-c.txt"] = "no configuration"
    #expect(try fake.node().profile == .bridge)
  }

  @Test func `a broken file is named with its place, and the next one is used`() throws {
    var fake = FakeNode()
    fake.files["etc/cni/net.d/05-broken.conflist"] =
      #"{"name": "x", "plugins": [{"type": 3}]}"#
    let findings = try fake.examine("cni-files").findings
    #expect(findings.map(\.code) == ["cni-file-broken"])
    #expect(
      findings.first?.what.hasPrefix(
        "/etc/cni/net.d/05-broken.conflist:1:36: error: plugins[0].type: found the number 3")
        == true, "\(findings)")
    #expect(try fake.node().profile == .bridge)
  }

  @Test(arguments: [
    ("{", "end of the file"), ("plugins: []", "found no JSON object"),
    ("[]", "found no JSON object"),
    (#"{"name": "x"}"#, "plugins is missing"),
    (#"{"name": "x", "plugins": []}"#, "at least one plugin"),
    (#"{"name": "x", "plugins": [{}]}"#, "type is missing"),
    (#"{"name": "x", "cniVersion": "new", "plugins": [{"type": "a"}]}"#, "no version"),
    (
      #"{"plugins": [{"type": "a", "ipam": {"ranges": [[{"subnet": "10.0.0.0/40"}]]}}]}"#,
      "is not a CIDR"
    ),
  ])
  func `what is no configuration is said`(_ text: String, _ reason: String) throws {
    let findings = try FakeNode(text).examine("cni-files").findings
    #expect(findings.contains { $0.what.contains(reason) }, "\(findings.map(\.what))")
  }

  @Test func `a configuration of before 0.4.0 is noted`() throws {
    #expect(
      try FakeNode(Conflist.plugin("bridge", version: "0.3.1")).codes("cni-files")
        == ["cni-version-old"])
    #expect(try FakeNode(Conflist.plugin("bridge", version: "0.4.0")).codes("cni-files") == [])
  }

  @Test func `flannel's own file says what the node's pods and the cluster's have`() throws {
    var fake = FakeNode(Conflist.plugin("flannel"))
    fake.files["run/flannel/subnet.env"] = """
      FLANNEL_NETWORK=10.244.0.0/16
      FLANNEL_SUBNET=10.244.1.1/24
      FLANNEL_IPV6_NETWORK=fd00:244::/48
      FLANNEL_IPV6_SUBNET=fd00:244:0:1::1/64
      FLANNEL_MTU=1450
      FLANNEL_IPMASQ=true

      """
    let node = try fake.node()
    #expect(node.podSubnets == ["10.244.1.0/24", "fd00:244:0:1::/64"].map(prefix))
    #expect(node.clusterPodNetworks == ["10.244.0.0/16", "fd00:244::/48"].map(prefix))
    fake.files["run/flannel/subnet.env"] = "FLANNEL_SUBNET=10.244.1.1\n"
    let findings = try fake.examine("cni-files").findings
    #expect(findings.map(\.code) == ["cni-file-broken"])
    #expect(findings[0].what.hasPrefix("/run/flannel/subnet.env:1:1: error:"), "\(findings)")
  }

  @Test func `K3s keeps its configuration elsewhere`() throws {
    var fake = FakeNode(nil)
    fake.files["var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist"] =
      Conflist.plugin("flannel")
    #expect(try fake.node().profile == .flannel)
  }

  @Test func `who gives pods' packets the node's address is read from files`() throws {
    #expect(try FakeNode().node().network.masquerades(.bridge) == false)
    let masquerading = try FakeNode(Conflist.bridge(#""ipMasq": true,"#)).node().network
    #expect(masquerading.masquerades(.bridge) == true)
    #expect(masquerading.masquerades(.flannel) == nil)
    #expect(masquerading.masquerades(.none) == false)
    var fake = FakeNode(Conflist.plugin("flannel"))
    fake.files["run/flannel/subnet.env"] = "FLANNEL_SUBNET=10.1.0.1/24\nFLANNEL_IPMASQ=true\n"
    #expect(try fake.node().network.masquerades(.flannel) == true)
  }

  @Test func `links of another namespace than the rules' are an error`() throws {
    var fake = FakeNode()
    #expect(try fake.codes("namespace") == [])
    fake.live.linkNames = ["lo", "eth7"]
    #expect(try fake.codes("namespace") == ["namespace-differs"])
  }

  @Test func `what each network is said to do, it is said once`() {
    for profile in CNIProfile.allCases {
      let traits = profile.traits
      #expect((traits.podTraffic == .bypassing) == (traits.refusal != nil), "\(profile)")
      // The way back tells pods apart only where each has a link of its own.
      #expect(
        traits.antiSpoofing != .reversePath || traits.podTraffic == .forwarded, "\(profile)")
      #expect(traits.antiSpoofing != .bridgeTable || traits.podTraffic == .bridged, "\(profile)")
    }
  }
}
