import Diagnostics
import NetSets
import PolicyModel
import Testing

/// Tests 1 to 16 and 43 to 48 of the Kubernetes network policy end-to-end suite
/// (`test/e2e/network/netpol/network_policy.go`), by their number in the file and their name.
struct E2EPeersTests {
  /// Ingress of x/a from the given peers.
  private func from(_ peers: String, ports: String = "[]") throws -> PolicyGraph {
    let spec = "podSelector: {matchLabels: {pod: a}}"
    return try graph(policy("\(spec)\ningress: [{from: [\(peers)], ports: \(ports)}]"))
  }

  private func expression(_ key: String, _ test: String, _ values: String) -> String {
    "{matchExpressions: [{key: \(key), operator: \(test), values: [\(values)]}]}"
  }

  @Test func `e2e 1 should support a 'default-deny-ingress' policy`() throws {
    try expectDefaultDeny(.tcp)
  }

  private func expectDefaultDeny(_ transport: Transport) throws {
    let graph = try graph(policy("podSelector: {}\ningress: []"))
    try expect(graph, transport, 80, .deny("*", to: "x/*"))
  }

  @Test func `e2e 2 should support a 'default-deny-all' policy`() throws {
    let graph = try graph(policy("podSelector: {}\npolicyTypes: [Ingress, Egress]"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"), .deny("x/*", to: "*"))
  }

  @Test
  func
    `e2e 3 should enforce policy to allow traffic from pods within server namespace based on PodSelector`()
    throws
  {
    let graph = try from("{podSelector: {matchLabels: {pod: b}}}")
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"))
  }

  @Test func `e2e 4 should enforce policy to allow ingress traffic for a target`() throws {
    let graph = try graph(
      policy("podSelector: {}\ningress: []", named: "deny-ingress"),
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        ingress: [{from: [{namespaceSelector: {}, podSelector: {}}]}]
        """, named: "allow-all-to-a"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"), .allow("*", to: "x/a"))
  }

  @Test func `e2e 5 should enforce policy to allow ingress traffic from pods in all namespaces`()
    throws
  {
    try expect(try from("{namespaceSelector: {}}"))
  }

  @Test
  func
    `e2e 6 should enforce policy to allow traffic only from a different namespace, based on NamespaceSelector`()
    throws
  {
    let graph = try from("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: \"y\"}}}")
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
  }

  @Test func `e2e 7 should enforce policy based on PodSelector with MatchExpressions`() throws {
    let graph = try from("{podSelector: \(expression("pod", "In", "b"))}")
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"))
  }

  @Test func `e2e 8 should enforce policy based on NamespaceSelector with MatchExpressions`() throws
  {
    let graph = try from("{namespaceSelector: \(expression("ns", "In", "\"y\""))}")
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
  }

  @Test func `e2e 9 should enforce policy based on PodSelector or NamespaceSelector`() throws {
    let notX = "{namespaceSelector: \(expression("ns", "NotIn", "x"))}"
    let graph = try from("\(notX), {podSelector: {matchLabels: {pod: b}}}")
    try expect(graph, .tcp, 80, .deny("x/*", to: "x/a"), .allow("x/b", to: "x/a"))
  }

  @Test func `e2e 10 should enforce policy based on PodSelector and NamespaceSelector`() throws {
    let notX = "namespaceSelector: \(expression("ns", "NotIn", "x"))"
    let graph = try from("{\(notX), podSelector: {matchLabels: {pod: b}}}")
    try expect(
      graph, .tcp, 80, .deny("*", to: "x/a"), .allow("y/b", to: "x/a"), .allow("z/b", to: "x/a"))
  }

  @Test
  func `e2e 11 should enforce policy based on Multiple PodSelectors and NamespaceSelectors`() throws
  {
    let notX = "namespaceSelector: \(expression("ns", "NotIn", "x"))"
    let graph = try from("{\(notX), podSelector: \(expression("pod", "In", "b, c"))}")
    try expect(
      graph, .tcp, 80, .deny("x/*", to: "x/a"), .deny("y/a", to: "x/a"), .deny("z/a", to: "x/a"))
  }

  @Test func `e2e 12 should enforce policy based on any PodSelectors`() throws {
    let graph = try from(
      "{podSelector: {matchLabels: {pod: b}}}, {podSelector: {matchLabels: {pod: c}}}")
    try expect(
      graph, .tcp, 80, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"), .allow("x/c", to: "x/a"))
  }

  @Test
  func
    `e2e 13 should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector`()
    throws
  {
    try expectOnlyFromA(.tcp)
  }

  private func expectOnlyFromA(_ transport: Transport) throws {
    let graph = try from(
      "{namespaceSelector: {matchLabels: {ns: \"y\"}}, podSelector: {matchLabels: {pod: a}}}")
    try expect(graph, transport, 80, .deny("*", to: "x/a"), .allow("y/a", to: "x/a"))
  }

  private static let onlyFromY = "{namespaceSelector: {matchLabels: {ns: \"y\"}}}"

  @Test func `e2e 14 should enforce policy based on Ports`() throws { try expectOnPort(.tcp) }

  private func expectOnPort(_ transport: Transport) throws {
    let port = "[{port: 81, protocol: \(transport.kubernetesName)}]"
    let graph = try from(Self.onlyFromY, ports: port)
    try expect(graph, transport, 80, .deny("*", to: "x/a"))
    try expect(graph, transport, 81, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
  }

  @Test
  func `e2e 15 should enforce multiple, stacked policies with overlapping podSelectors`() throws {
    func opening(_ port: Int) -> String {
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        ingress: [{from: [\(Self.onlyFromY)], ports: [{port: \(port)}]}]
        """, named: "allow-\(port)")
    }
    let one = try graph(opening(81))
    try expect(one, .tcp, 80, .deny("*", to: "x/a"))
    try expect(one, .tcp, 81, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
    let both = try graph(opening(81), opening(80))
    for port in [80, 81] as [UInt16] {
      try expect(both, .tcp, port, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
    }
  }

  @Test func `e2e 16 should support allow-all policy`() throws {
    let graph = try graph(policy("podSelector: {}\ningress: [{}]"))
    for port in [80, 81] as [UInt16] { try expect(graph, .tcp, port) }
  }

  @Test func `e2e 43 UDP should support a 'default-deny-ingress' policy`() throws {
    try expectDefaultDeny(.udp)
  }

  @Test func `e2e 44 UDP should enforce policy based on Ports`() throws { try expectOnPort(.udp) }

  @Test
  func
    `e2e 45 UDP should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector`()
    throws
  {
    try expectOnlyFromA(.udp)
  }

  @Test func `e2e 46 SCTP should support a 'default-deny-ingress' policy`() throws {
    try expectDefaultDeny(.sctp)
  }

  @Test func `e2e 47 SCTP should enforce policy based on Ports`() throws { try expectOnPort(.sctp) }

  @Test
  func
    `e2e 48 SCTP should enforce policy to allow traffic only from a pod in a different namespace based on PodSelector and NamespaceSelector`()
    throws
  {
    try expectOnlyFromA(.sctp)
  }
}
