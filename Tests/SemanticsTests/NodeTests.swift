import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Nodes, and pods that call themselves. `a` and `c` are on node-1 (192.168.0.1), `b` is on node-2.
///
/// E74 is about ClusterNetworkPolicy.
struct NodeTests {
  private let isolation = policy("podSelector: {}\npolicyTypes: [Ingress, Egress]")

  @Test func `E70 a pod's own node always reaches it`() throws {
    let graph = try graph(isolation)
    #expect(try graph.reason(.ingress, "192.168.0.1", "x/a") == "exempt")
    #expect(try graph.allows("192.168.0.1", "x/a"))
    #expect(try graph.allows("fd00:9::1", "fd00:1::1"))
    #expect(try graph.allows("192.168.0.2", "x/b"))
    let policed = try SemanticsTests.graph(isolation, for: Scope(policesOwnNode: true))
    #expect(try policed.allows("192.168.0.1", "x/a"))
  }

  @Test func `E71 other nodes do not, and the own one by any of its addresses`() throws {
    let graph = try graph(isolation)
    #expect(try graph.reason(.ingress, "192.168.0.2", "x/a") == "isolated by p")
    #expect(try !graph.allows("192.168.0.1", "x/b"))
    #expect(try !graph.allows("fd00:9::2", "fd00:1::1"))
    // Addresses that only pods report, and that no Node object has.
    let status = "phase: Running, hostIPs: [{ip: 172.20.0.1}]"
    let reporting = podYAML("z", "reporting", addresses: ["10.0.3.100"], status: status)
    let host = podYAML("z", "host", addresses: ["172.20.0.2"], spec: "hostNetwork: true")
    let known = try SemanticsTests.graph(isolation, reporting, host)
    #expect(try known.allows("172.20.0.1", "x/a"))
    #expect(try known.allows("172.20.0.2", "x/a"))
    #expect(try !known.allows("172.20.0.1", "x/b"))
  }

  @Test func `E71 what the node itself sends is not asked about`() throws {
    // Its packets leave by the output hook, which no chain is at, whatever their address is.
    let graph = try graph(isolation)
    #expect(try graph.evaluation("203.0.113.7", "x/a", hook: .output).path == [])
  }

  @Test func `E72 packets are judged before masquerade changes their source`() throws {
    let bases = try graph(isolation).table(.ipv4).chains.compactMap(\.base)
    #expect(Set(bases.map(\.hook)) == [.forward])
  }

  @Test func `E73 a pod reaches its own node, unless that is to be policed`() throws {
    let graph = try graph(isolation)
    #expect(try graph.reason(.egress, "x/a", "192.168.0.1") == "exempt")
    #expect(try graph.allows("fd00:1::1", "fd00:9::1"))
    #expect(try !graph.allows("x/a", "192.168.0.2"))
    #expect(try graph.evaluation("x/a", "192.168.0.1", hook: .input).accepted)
    let policed = try SemanticsTests.graph(isolation, for: Scope(policesOwnNode: true))
    #expect(try policed.reason(.egress, "x/a", "192.168.0.1") == "isolated by p")
    #expect(try !policed.evaluation("x/a", "192.168.0.1", hook: .input).accepted)
  }

  @Test func `E73 a policed node is allowed by its address, and by no selector`() throws {
    let host = podYAML("x", "host", addresses: ["192.168.0.1"], spec: "hostNetwork: true")
    func graph(_ peer: String) throws -> PolicyGraph {
      let spec = "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [\(peer)]}]"
      return try SemanticsTests.graph(policy(spec), host, for: Scope(policesOwnNode: true))
    }
    let block = try graph("{ipBlock: {cidr: 192.168.0.1/32}}")
    #expect(try block.allows("x/a", "192.168.0.1"))
    #expect(try block.evaluation("x/a", "192.168.0.1", hook: .input).accepted)
    let everyPod = try graph("{namespaceSelector: {}}")
    #expect(try !everyPod.allows("x/a", "192.168.0.1"))
  }

  @Test func `E75 what a pod says to itself inside does not come by`() throws {
    // Between a pod's processes no packet leaves the pod, by 127.0.0.1 or its own address; only
    // the forwarding hook is ours.
    let chains = try graph(isolation).table(.ipv4).chains
    #expect(chains.compactMap(\.base).allSatisfy { $0.hook == .forward })
  }

  @Test func `E76 a pod that calls itself by a service needs both of its directions`() throws {
    #expect(try !graph(isolation).allows("x/a", "x/a"))
    let own = "[{podSelector: {matchLabels: {pod: a}}}]"
    let ingress = "ingress: [{from: \(own)}]"
    let egress = "egress: [{to: \(own)}]"
    let types = "podSelector: {}\npolicyTypes: [Ingress, Egress]"
    let one = try graph(policy("\(types)\n\(ingress)"))
    #expect(try !one.allows("x/a", "x/a"))
    let other = try graph(policy("\(types)\n\(egress)"))
    #expect(try !other.allows("x/a", "x/a"))
    let both = try graph(policy("\(types)\n\(ingress)\n\(egress)"))
    #expect(try both.allows("x/a", "x/a"))
    #expect(try !both.allows("x/b", "x/b"))
    for graph in [one, other, both] {
      #expect(
        try graph.evaluation("x/a", "x/a").accepted == graph.allows("x/a", "x/a"))
    }
  }

  @Test func `E77 localhost is not policed, the metadata address is`() throws {
    let graph = try graph(isolation)
    #expect(try graph.reason(.ingress, "127.0.0.1", "127.0.0.1") == "not policed")
    #expect(try graph.reason(.egress, "127.0.0.1", "127.0.0.1") == "not policed")
    #expect(try graph.allows("::1", "::1"))
    #expect(try !graph.allows("x/a", "169.254.169.254"))
    let block = "{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}"
    let open = try SemanticsTests.graph(
      policy("podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [\(block)]}]"))
    #expect(try !open.allows("x/a", "169.254.169.254"))
    #expect(try open.allows("x/a", "169.254.169.253"))
  }
}
