import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Whom `from` and `to` mean when they name pods.
struct PeerTests {
  private func from(_ peers: String) throws -> PolicyGraph {
    try graph(policy("podSelector: {matchLabels: {pod: a}}\ningress: [{from: [\(peers)]}]"))
  }

  @Test func `E32 selectors of one peer are both needed, peers are alternatives`() throws {
    let own = try from("{podSelector: {matchLabels: {pod: b}}}")
    try expect(own, .tcp, 80, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"))
    let namespace = try from("{namespaceSelector: {matchLabels: {ns: \"y\"}}}")
    try expect(namespace, .tcp, 80, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
    let both = try from(
      "{namespaceSelector: {matchLabels: {ns: \"y\"}}, podSelector: {matchLabels: {pod: b}}}")
    try expect(both, .tcp, 80, .deny("*", to: "x/a"), .allow("y/b", to: "x/a"))
    let either = try from(
      "{namespaceSelector: {matchLabels: {ns: \"y\"}}}, {podSelector: {matchLabels: {pod: b}}}")
    try expect(
      either, .tcp, 80, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"), .allow("x/b", to: "x/a"))
    #expect(try either.reason(.ingress, "y/c", "x/a") == "allowed by p ingress[0].from[0]")
    #expect(try either.reason(.ingress, "x/b", "x/a") == "allowed by p ingress[0].from[1]")
  }

  @Test func `E33 every namespace means pods, and nothing else`() throws {
    let host = podYAML(
      "y", "host", node: "node-2", addresses: ["192.168.0.2"], spec: "hostNetwork: true")
    let graph = try graph(
      policy("podSelector: {}\ningress: [{from: [{namespaceSelector: {}}]}]"), host)
    try expect(graph)
    #expect(try !graph.allows("8.8.8.8", "x/a"))
    #expect(try !graph.allows("2001:db8::1", "fd00:1::1"))
    #expect(try !graph.allows("192.168.0.2", "x/a"), "the other node, by any pod's name")
  }

  @Test func `E34 a peer means the addresses of both families`() throws {
    let graph = try from("{podSelector: {matchLabels: {pod: b}}}")
    for family in IPFamily.allCases {
      let set = try #require(graph.table(family).sets.first { $0.name.hasPrefix("p-") })
      #expect(set.content == .addresses([try address("x/b", family)]))
    }
  }

  @Test func `E34 a selector without pods is no one`() throws {
    let graph = try from("{podSelector: {matchLabels: {pod: nobody}}}")
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"))
    #expect(try !graph.allows("8.8.8.8", "x/a"))
    #expect(try !graph.evaluation("y/a", "x/a").accepted)
    #expect(try !graph.evaluation("2001:db8::1", "fd00:1::1").accepted)
  }

  @Test func `E44 pods of the host network are no subjects, and peers by address only`() throws {
    let host = podYAML(
      "x", "host", labels: ["pod": "host"], node: "node-2", addresses: ["192.168.0.2"],
      spec: "hostNetwork: true")
    let isolating = try graph(policy("podSelector: {}\npolicyTypes: [Ingress, Egress]"), host)
    #expect(try isolating.reason(.ingress, "8.8.8.8", "192.168.0.2") == "not policed")
    #expect(try isolating.reason(.egress, "192.168.0.2", "8.8.8.8") == "not policed")
    let allow = "{podSelector: {matchLabels: {pod: host}}}"
    let selecting = try graph(policy("podSelector: {}\ningress: [{from: [\(allow)]}]"), host)
    #expect(try !selecting.allows("192.168.0.2", "x/a"))
    let block = "{ipBlock: {cidr: 192.168.0.2/32}}"
    let naming = try graph(policy("podSelector: {}\ningress: [{from: [\(block)]}]"), host)
    #expect(try naming.allows("192.168.0.2", "x/a"))
  }

  @Test func `E45 a host's address is nobody's pod`() throws {
    // Two pods of the host network share their node's address, and neither conflicts.
    let hosts = ["one", "two"].map { name in
      podYAML(
        "x", name, node: "node-2", addresses: ["192.168.0.2"], spec: "hostNetwork: true")
    }
    #expect(said(about: hosts.joined(separator: "\n---\n")) == [])
    let graph = try graph(hosts[0], hosts[1])
    #expect(graph.endpoint(at: try address("192.168.0.2")) == nil)
    #expect(graph.endpoints.count == 9)
  }

  @Test func `E52 policies decide one side of what comes from outside`() throws {
    let spec = "podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{ports: [{port: 80}]}]"
    let graph = try graph(policy(spec))
    #expect(try graph.allows("8.8.8.8", "x/a", .tcp, 80))
    #expect(try graph.reason(.egress, "8.8.8.8", "x/a") == "not policed")
    #expect(try !graph.allows("8.8.8.8", "x/a", .tcp, 81))
    #expect(try !graph.allows("x/a", "8.8.8.8"))
    #expect(try graph.allows("8.8.8.8", "9.9.9.9"))
  }
}
