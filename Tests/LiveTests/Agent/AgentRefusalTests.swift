import Host
import Nftables
import TestSupport
import Testing

extension Live {
  /// Nodes that an agent leaves as they are, and says why.
  @Suite struct AgentRefusalTests {
    private static let policies = [Policies.ingress("beta", from: [])]

    @Test(arguments: [
      (
        ["--masq-from", "10.244.0.0/16"], "start it with --masq-from or --masq as netpolc apply was"
      ),
      (
        ["--anti-spoof", "--pod-interfaces", "pod+"],
        "start it with --anti-spoof as netpolc apply was"
      ),
    ])
    func `what apply does besides policies is not taken away`(
      _ arguments: [String], _ duty: String
    ) throws {
      let node = try AgentNode(Self.policies)
      #expect(
        try node.laboratory.runInNode(node.node.applying(Self.policies) + arguments).status == 0)
      let before = try node.node.rules()
      let result = try node.run("--once")
      #expect(result.status == 3)
      #expect(result.errors.contains(duty), "\(result.errors)")
      #expect(try node.node.rules() == before)
      try node.node.apply(Self.policies)
      #expect(try node.run("--once").status == 0)
    }

    @Test func `a node of Cilium is refused unless it is forced`() throws {
      let node = try AgentNode(Self.policies)
      let link = ["ip", "link", "add", "cilium_host", "type", "veth", "peer", "name", "cilium_net"]
      #expect(try node.laboratory.runInNode(link).status == 0)
      let result = try node.run("--once")
      #expect(result.status == 3)
      #expect(
        result.errors.contains("cilium attaches pods (the link cilium_host): eBPF carries"),
        "\(result.errors)")
      #expect(try node.node.installed().isEmpty)
      #expect(try node.run("--once", "--force-cni").status == 0)
    }
  }
}
