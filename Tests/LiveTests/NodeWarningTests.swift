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
  }
}
