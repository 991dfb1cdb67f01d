import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Tests 34 to 42 and 50 of the Kubernetes network policy end-to-end suite, by their number in the
/// file and their name; 43 to 48 stand with their TCP forms. Number 49 is about the API server.
struct E2EBlocksTests {
  /// Egress of x/a to the given blocks of both families.
  private func egress(_ blocks: String...) throws -> PolicyGraph {
    let to = blocks.map { "{ipBlock: {\($0)}}" }.joined(separator: ", ")
    let spec = "podSelector: {matchLabels: {pod: a}}\npolicyTypes: [Egress]"
    return try graph(policy("\(spec)\negress: [{to: [\(to)]}]"))
  }

  private let podB = ["10.0.2.17/32", "\"fd00:2::2/128\""]

  @Test func `e2e 34 should allow egress access to server in CIDR block`() throws {
    let graph = try egress("cidr: \(podB[0])", "cidr: \(podB[1])")
    try expect(graph, .tcp, 80, .deny("x/a", to: "*"), .allow("x/a", to: "y/b"))
  }

  @Test func `e2e 35 should enforce except clause while egress access to server in CIDR block`()
    throws
  {
    let graph = try egress(
      "cidr: 0.0.0.0/4, except: [\(podB[0])]", "cidr: \"f000::/4\", except: [\(podB[1])]")
    try expect(graph, .tcp, 80, .deny("x/a", to: "y/b"))
  }

  @Test
  func `e2e 36 should ensure an IP overlapping both IPBlock.CIDR and IPBlock.Except is allowed`()
    throws
  {
    let block = ["cidr: 10.0.2.0/24", "cidr: \"fd00:2::/32\""]
    let before = try egress(
      "\(block[0]), except: [\(podB[0])]", "\(block[1]), except: [\(podB[1])]")
    try expect(
      before, .tcp, 80, .deny("x/a", to: "*"), .allow("x/a", to: "y/*"), .deny("x/a", to: "y/b"))
    let after = try egress(
      "\(block[0]), except: [\(podB[0])]", "\(block[1]), except: [\(podB[1])]",
      "cidr: \(podB[0])", "cidr: \(podB[1])")
    try expect(after, .tcp, 80, .deny("x/a", to: "*"), .allow("x/a", to: "y/*"))
    let replaced = try egress("cidr: \(podB[0])", "cidr: \(podB[1])")
    try expect(replaced, .tcp, 80, .deny("x/a", to: "*"), .allow("x/a", to: "y/b"))
  }

  @Test
  func
    `e2e 37 should enforce policies to check ingress and egress policies can be controlled independently based on PodSelector`()
    throws
  {
    let subject = "podSelector: {matchLabels: {pod: a}}"
    let graph = try graph(
      policy("\(subject)\npolicyTypes: [Egress]\negress: [{}]", named: "allow-egress"),
      policy("\(subject)\npolicyTypes: [Ingress]\ningress: []", named: "deny-ingress"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"))
    // What b answers a is no connection of its own.
    #expect(try graph.evaluation("x/b", "x/a", state: .established).accepted)
  }

  @Test
  func
    `e2e 38 should not mistakenly treat 'protocol: SCTP' as 'protocol: TCP', even if the plugin doesn't support SCTP`()
    throws
  {
    let deny = policy("podSelector: {}\ningress: []", named: "deny")
    let subject = "podSelector: {matchLabels: {pod: a}}"
    let tcp = policy("\(subject)\ningress: [{ports: [{port: 81, protocol: TCP}]}]", named: "tcp")
    try expect(
      try graph(deny, tcp), .tcp, 81, .deny("*", to: "x/*"), .allow("*", to: "x/a"))
    let sctp = policy("\(subject)\ningress: [{ports: [{port: 81, protocol: SCTP}]}]", named: "sctp")
    let graph = try graph(deny, sctp)
    try expect(graph, .tcp, 81, .deny("*", to: "x/*"))
    try expect(graph, .sctp, 81, .deny("*", to: "x/*"), .allow("*", to: "x/a"))
  }

  @Test
  func
    `e2e 39 should properly isolate pods that are selected by a policy allowing SCTP, even if the plugin doesn't support SCTP`()
    throws
  {
    let graph = try graph(
      policy(
        "podSelector: {matchLabels: {pod: a}}\ningress: [{ports: [{port: 80, protocol: SCTP}]}]"))
    for port in [80, 81] as [UInt16] { try expect(graph, .tcp, port, .deny("*", to: "x/a")) }
    try expect(graph, .sctp, 80)
  }

  @Test func `e2e 40 should not allow access by TCP when a policy specifies only UDP`() throws {
    let graph = try graph(
      policy(
        "podSelector: {matchLabels: {pod: a}}\ningress: [{ports: [{port: 81, protocol: UDP}]}]"))
    try expect(graph, .tcp, 81, .deny("*", to: "x/a"))
    try expect(graph, .udp, 81)
  }

  @Test
  func
    `e2e 41 should enforce policy to allow traffic based on NamespaceSelector with MatchLabels using default ns label`()
    throws
  {
    let own = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: x}}}"
    let graph = try graph(policy("podSelector: {}\ningress: [{from: [\(own)]}]"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"), .allow("x/*", to: "x/*"))
  }

  @Test
  func
    `e2e 42 should enforce policy based on NamespaceSelector with MatchExpressions using default ns label`()
    throws
  {
    let graph = try graph(
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        policyTypes: [Egress]
        egress:
        - to:
          - namespaceSelector:
              matchExpressions:
              - {key: kubernetes.io/metadata.name, operator: NotIn, values: ["y"]}
        """))
    try expect(graph, .tcp, 80, .deny("x/a", to: "y/*"))
  }

  @Test(arguments: [
    ("{endPort: 90}", false), ("{port: serve-80-tcp, endPort: 90}", false),
    ("{port: 81, endPort: 80}", false), ("{port: 80, endPort: 80}", true),
    ("{port: 80, endPort: 90}", true),
  ])
  func `e2e 50 should support creating NetworkPolicy API with endport field`(
    port: String, isValid: Bool
  ) {
    let said = said(about: policy("podSelector: {}\ningress: [{ports: [\(port)]}]"))
    #expect(said.isEmpty == isValid)
  }
}
