import Host
import TestSupport
import Testing

extension Live {
  /// What `apply` says of a node on which the kernel holds policies that packets never meet.
  @Suite struct NodeWarningTests {
    @Test func `apply warns of a bridge that no rule sees, and says where to look`() throws {
      let node = try LiveNode()
      let policies = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
      #expect(try !node.apply(policies).errors.contains("warning: policy does not hold"))
      let bridge = """
        ip link add cni0 type bridge && ip link add veth-p type veth peer name veth-q \
        && ip link set veth-p master cni0 && ip link set cni0 up && ip link set veth-p up \
        && ip address add 10.244.9.1/24 dev cni0 && echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
        """
      #expect(try node.laboratory.runInNode(["sh", "-c", bridge]).succeeded)
      let said = try node.apply(policies).errors
      #expect(
        said.contains(
          "warning: policy does not hold on this node: net.bridge.bridge-nf-call-iptables is 0")
      )
      #expect(said.contains("netpolc doctor says why"))
    }

    @Test func `apply refuses a node of Cilium unless it is forced or another is named`() throws {
      let node = try LiveNode()
      let policies = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
      try node.apply(policies)
      let before = try node.installed()
      let link = ["ip", "link", "add", "cilium_host", "type", "veth", "peer", "name", "cilium_net"]
      #expect(try node.laboratory.runInNode(link).succeeded)
      for more in [[], ["--dry-run", "client"], ["--backend", "iptables"], ["--cni", "auto"]] {
        let result = try node.laboratory.runInNode(try node.applying([]) + more)
        #expect(result.status == 3, "\(result.errors)")
        #expect(
          result.errors.contains("cilium attaches pods (the link cilium_host): eBPF carries"),
          "\(result.errors)")
      }
      #expect(try node.installed() == before)
      let named = try node.laboratory.runInNode(try node.applying(policies) + ["--cni", "ptp"])
      #expect(named.status == 0, "\(named.errors)")
      #expect(!named.errors.contains("policy does not hold"), "\(named.errors)")
      let forced = try node.laboratory.runInNode(try node.applying(policies) + ["--force-cni"])
      #expect(forced.status == 0, "\(forced.errors)")
      #expect(
        forced.errors.contains("warning: policy does not hold on this node: cilium attaches pods"))
    }

    @Test func `the network of the machine is found where auto is asked for`() throws {
      let node = try LiveNode()
      let link = ["ip", "link", "add", "cali0123456789a", "type", "veth", "peer", "name", "x0"]
      let compile = [
        Program.path, "compile", "--node", "n1", "-f",
        try node.applying([Policies.ingress("beta", from: [])])[3],
      ]
      let nothing = try node.laboratory.runInNode(compile + ["--anti-spoof", "--cni", "auto"])
      #expect(nothing.status == 3 && nothing.errors.contains("found no container network here"))
      #expect(try node.laboratory.runInNode(link).succeeded)
      let found = try node.laboratory.runInNode(compile + ["--anti-spoof", "--cni", "auto"])
      #expect(found.status == 0, "\(found.errors)")
      #expect(found.output.contains("iifname \"cali*\""), "\(found.output)")
    }

    @Test(arguments: [(true, Int32(2)), (false, 0)])
    func `auto goes by Flannel's file whether the network translates`(
      _ translates: Bool, _ status: Int32
    ) throws {
      let node = try LiveNode()
      // Files of the machine, which nobody else sees.
      let script = """
        mount -t tmpfs none /run && mkdir /run/flannel \
        && printf 'FLANNEL_SUBNET=10.244.1.1/24\\nFLANNEL_IPMASQ=\(translates)\\n' \
        >/run/flannel/subnet.env && exec "$@"
        """
      let compile = [
        Program.path, "compile", "--node", "n1", "-f", try node.applying([])[3], "--cni", "auto",
        "--masq-from", "10.244.0.0/16",
      ]
      let result = try node.laboratory.runInNode(
        ["unshare", "-m", "sh", "-c", script, "sh"] + compile)
      #expect(result.status == status, "\(result.errors)")
      #expect(result.errors.contains("flannel translates what pods send itself") == translates)
      #expect(result.output.contains("hook-masq") != translates)
    }
  }
}
