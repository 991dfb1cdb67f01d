import CNI
import NetSets
import Testing

@testable import Doctor

/// Whether rules see what pods send.
@Suite struct PathTests {
  @Test func `a bridge without br_netfilter hides pods from each other's policies`() throws {
    var fake = FakeNode()
    #expect(try fake.codes("bridge-netfilter") == [])
    fake.set("net.bridge.bridge-nf-call-iptables", "0")
    let findings = try fake.examine("bridge-netfilter").findings
    #expect(findings.map(\.code) == ["bridge-netfilter-off"])
    #expect(findings[0].level == .error)
    #expect(
      findings[0].fix.commands.map(\.text).contains(
        "sysctl -w net.bridge.bridge-nf-call-iptables=1"))
    #expect(!findings[0].fix.commands.map(\.text).contains("modprobe br_netfilter"))
  }

  @Test func `where br_netfilter is not loaded, it is to be loaded first`() throws {
    var fake = FakeNode()
    fake.set("net.bridge.bridge-nf-call-iptables", nil)
    fake.set("net.bridge.bridge-nf-call-ip6tables", nil)
    let findings = try fake.examine("bridge-netfilter").findings
    // No pod of this node has an IPv6 address.
    #expect(findings.map(\.level) == [.error, .note])
    #expect(findings[0].fix.commands.first?.text == "modprobe br_netfilter")
  }

  @Test func `IPv6 is an error where pods have it`() throws {
    var fake = FakeNode(
      """
      {"name": "x", "plugins": [{"type": "bridge",
        "ipam": {"ranges": [[{"subnet": "10.1.0.0/24"}], [{"subnet": "fd00::/64"}]]}}]}
      """)
    fake.set("net.bridge.bridge-nf-call-ip6tables", "0")
    #expect(try fake.examine("bridge-netfilter").findings.map(\.level) == [.error])
  }

  @Test func `a bridge of Azure's plugin is one too, unless --cni says otherwise`() throws {
    var fake = FakeNode(
      """
      {"name": "azure", "plugins": [{"type": "azure-vnet", "mode": "bridge", "bridge": "azure0",
        "ipam": {"type": "azure-vnet-ipam"}}]}
      """)
    fake.set("net.bridge.bridge-nf-call-iptables", "0")
    let findings = try fake.examine("bridge-netfilter").findings
    #expect(findings.first?.why.contains("azure0") == true)
    fake.files["etc/cni/net.d/10-network.conflist"] = """
      {"name": "azure", "plugins": [{"type": "azure-vnet", "mode": "transparent"}]}
      """
    #expect(try fake.codes("bridge-netfilter") == [])
    fake.files["etc/cni/net.d/10-network.conflist"] = Conflist.bridge
    #expect(try fake.codes("bridge-netfilter") == ["bridge-netfilter-off"])
    fake.profile = .ptp
    #expect(try fake.codes("bridge-netfilter") == [])
  }

  @Test func `routed pods need no bridge's help`() throws {
    var fake = FakeNode(Conflist.plugin("ptp"))
    fake.set("net.bridge.bridge-nf-call-iptables", "0")
    #expect(try fake.codes("bridge-netfilter") == [])
    #expect(try fake.examination().verdict == .holds)
  }

  /// A bridge on which isolated ports do what br_netfilter would.
  private func isolating() -> FakeNode {
    var fake = FakeNode(Conflist.bridge(#""portIsolation": true,"#))
    fake.set("net.bridge.bridge-nf-call-iptables", "0")
    fake.set("net.bridge.bridge-nf-call-ip6tables", "0")
    fake.addBridge(isolated: true)
    fake.set("net.ipv4.conf.cni0.proxy_arp_pvlan", "1")
    fake.set("net.ipv4.conf.cni0.send_redirects", "0")
    fake.set("net.ipv4.conf.all.send_redirects", "0")
    return fake
  }

  @Test func `isolated ports with a bridge that answers are as good`() throws {
    let fake = isolating()
    #expect(try fake.codes("bridge-netfilter") == [])
    #expect(try fake.examination().verdict == .holds)
  }

  @Test func `isolation must be of every port, and configured for the next`() throws {
    var fake = isolating()
    fake.add("veth2", master: "cni0", isolated: false)
    let findings = try fake.examine("bridge-netfilter").findings
    #expect(findings.map(\.code) == ["bridge-ports-open"])
    #expect(
      findings[0].fix.commands.map(\.text) == ["bridge link set dev veth2 isolated on"])
    fake = isolating()
    fake.files["etc/cni/net.d/10-network.conflist"] = Conflist.bridge
    #expect(try fake.examine("bridge-netfilter").findings.map(\.level) == [.error])
  }

  @Test func `a bridge that does not answer, or redirects, stops pods`() throws {
    var fake = isolating()
    fake.set("net.ipv4.conf.cni0.proxy_arp_pvlan", "0")
    #expect(try fake.codes("bridge-netfilter") == ["bridge-answers-not"])
    fake = isolating()
    fake.set("net.ipv4.conf.all.send_redirects", "1")
    #expect(try fake.codes("bridge-netfilter") == ["bridge-redirects"])
    #expect(try fake.examination().verdict == .holds)
  }

  @Test func `flannel hands isolation on to the bridge`() throws {
    var fake = isolating()
    fake.files["etc/cni/net.d/10-network.conflist"] = """
      {"cniVersion": "1.0.0", "name": "x", "plugins": [{"type": "flannel",
        "delegate": {"isDefaultGateway": true, "portIsolation": true}}]}
      """
    fake.files["run/flannel/subnet.env"] = "FLANNEL_SUBNET=10.244.1.1/24\n"
    #expect(try fake.codes("bridge-netfilter") == [])
  }

  @Test func `what cannot be read is unknown, not fine`() throws {
    var fake = FakeNode()
    for path in fake.files.keys where path.hasPrefix("proc/sys") { fake.files[path] = nil }
    for name in ["bridge-netfilter", "forwarding", "conntrack", "conntrack-loose"] {
      #expect(try fake.examine(name).unknown != nil, "\(name)")
    }
    #expect(try fake.examination().verdict == .unknown)
  }

  @Test func `a node must forward, in the families of its pods`() throws {
    var fake = FakeNode()
    fake.set("net.ipv6.conf.all.forwarding", "0")
    #expect(try fake.codes("forwarding") == [])
    fake.set("net.ipv4.ip_forward", "0")
    #expect(try fake.codes("forwarding") == ["forwarding-off"])
  }

  @Test func `a strict filter of sources disturbs flannel's tunnel`() throws {
    var fake = FakeNode(Conflist.plugin("flannel"))
    fake.add("flannel.1", kind: "vxlan")
    fake.set("net.ipv4.conf.all.rp_filter", "0")
    let setting = "proc/sys/net/ipv4/conf/flannel.1/rp_filter"
    fake.files[setting] = "1\n"
    #expect(try fake.codes("rp-filter") == ["reverse-path-strict"])
    fake.files[setting] = "2\n"
    #expect(try fake.codes("rp-filter") == [])
  }

  @Test func `a strict filter disturbs the primary interface of the AWS VPC CNI`() throws {
    var fake = FakeNode(Conflist.plugin("aws-cni"))
    fake.add("eth0")
    fake.set("net.ipv4.conf.eth0.rp_filter", "0")
    fake.set("net.ipv4.conf.all.rp_filter", "1")
    #expect(try fake.codes("rp-filter") == ["reverse-path-strict"])
    fake.set("net.ipv4.conf.eth0.rp_filter", "2")
    #expect(try fake.codes("rp-filter") == [])
  }

  @Test func `connections must be tracked, with room for more`() throws {
    var fake = FakeNode()
    fake.set("net.netfilter.nf_conntrack_count", "899")
    #expect(try fake.codes("conntrack") == [])
    fake.set("net.netfilter.nf_conntrack_count", "900")
    #expect(try fake.codes("conntrack") == ["conntrack-full"])
    fake.set("net.netfilter.nf_conntrack_max", nil)
    #expect(try fake.codes("conntrack") == ["conntrack-missing"])
  }

  @Test func `streams of before anything was tracked are noted`() throws {
    var fake = FakeNode()
    #expect(try fake.codes("conntrack-loose") == [])
    fake.live.hasUntrackedStreams = true
    #expect(try fake.codes("conntrack-loose") == ["streams-untracked"])
  }

  @Test func `kube-proxy with IPVS passes the hook by`() throws {
    var fake = FakeNode()
    let servers = "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler\n"
    fake.files["proc/thread-self/net/ip_vs"] = servers
    #expect(try fake.codes("ipvs") == [])
    fake.files["proc/thread-self/net/ip_vs"] = servers + "TCP  0A600001:01BB rr\n"
    #expect(try fake.codes("ipvs") == ["kube-proxy-ipvs"])
    fake.files["proc/thread-self/net/ip_vs"] = nil
    fake.add("kube-ipvs0")
    #expect(try fake.codes("ipvs") == ["kube-proxy-ipvs"])
    #expect(try fake.examination().verdict == .fails)
  }
}
