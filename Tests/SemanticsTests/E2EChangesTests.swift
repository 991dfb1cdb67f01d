import Compiler
import Diagnostics
import NetSets
import PolicyModel
import Testing

/// Tests 17 to 33 of the Kubernetes network policy end-to-end suite, by their number in the file
/// and their name. What those change in a cluster is compiled before and after.
struct E2EChangesTests {
  @Test func `e2e 17 should allow ingress access on one named port`() throws {
    let graph = try graph(policy("podSelector: {}\ningress: [{ports: [{port: serve-81-tcp}]}]"))
    try expect(graph, .tcp, 81)
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"))
  }

  @Test func `e2e 18 should allow ingress access from namespace on one named port`() throws {
    let graph = try graph(
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        ingress:
        - from: [{namespaceSelector: {matchLabels: {ns: "y"}}}]
          ports: [{port: serve-80-tcp}]
        """))
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
    try expect(graph, .tcp, 81, .deny("*", to: "x/a"))
  }

  @Test func `e2e 19 should allow egress access on one named port`() throws {
    let graph = try graph(
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        policyTypes: [Egress]
        egress: [{ports: [{port: serve-80-tcp}]}]
        """))
    try expect(graph, .tcp, 80)
    try expect(graph, .tcp, 81, .deny("x/a", to: "*"))
  }

  @Test func `e2e 20 should enforce updated policy`() throws {
    let open = try graph(policy("podSelector: {}\ningress: [{}]"))
    try expect(open, .tcp, 81)
    let closed = try graph(policy("podSelector: {}\ningress: []"))
    try expect(closed, .tcp, 81, .deny("*", to: "x/*"))
  }

  @Test func `e2e 21 should allow ingress access from updated namespace`() throws {
    let text = policy(
      """
      podSelector: {matchLabels: {pod: a}}
      ingress: [{from: [{namespaceSelector: {matchLabels: {ns2: updated}}}]}]
      """)
    var grid = Grid()
    try expect(try graph(text, in: grid), .tcp, 80, .deny("*", to: "x/a"))
    grid.namespaces["y"]?["ns2"] = "updated"
    try expect(
      try graph(text, in: grid), .tcp, 80, .deny("*", to: "x/a"), .allow("y/*", to: "x/a"))
  }

  @Test func `e2e 22 should allow ingress access from updated pod`() throws {
    let text = policy(
      """
      podSelector: {matchLabels: {pod: a}}
      ingress: [{from: [{podSelector: {matchLabels: {pod2: updated}}}]}]
      """)
    var grid = Grid()
    try expect(try graph(text, in: grid), .tcp, 80, .deny("*", to: "x/a"))
    grid.label("x/b", "pod2", "updated")
    try expect(
      try graph(text, in: grid), .tcp, 80, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"))
  }

  @Test func `e2e 23 should deny ingress from pods on other namespaces`() throws {
    let graph = try graph(policy("podSelector: {}\ningress: [{from: [{podSelector: {}}]}]"))
    try expect(graph, .tcp, 80, .deny("y/*", to: "x/*"), .deny("z/*", to: "x/*"))
  }

  @Test func `e2e 24 should deny ingress access to updated pod`() throws {
    let text = policy("podSelector: {matchLabels: {target: isolated}}\ningress: []")
    var grid = Grid()
    try expect(try graph(text, in: grid))
    grid.label("x/a", "target", "isolated")
    try expect(try graph(text, in: grid), .tcp, 80, .deny("*", to: "x/a"))
  }

  @Test func `e2e 25 should deny egress from pods based on PodSelector`() throws {
    let graph = try graph(
      policy("podSelector: {matchLabels: {pod: a}}\npolicyTypes: [Egress]\negress: []"))
    try expect(graph, .tcp, 80, .deny("x/a", to: "*"))
  }

  @Test func `e2e 26 should deny egress from all pods in a namespace`() throws {
    let graph = try graph(policy("podSelector: {}\npolicyTypes: [Egress]\negress: []"))
    try expect(graph, .tcp, 80, .deny("x/*", to: "*"))
  }

  @Test func `e2e 27 should work with Ingress, Egress specified together`() throws {
    let graph = try graph(
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        policyTypes: [Ingress, Egress]
        ingress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]
        egress: [{ports: [{port: 80}]}]
        """))
    try expect(graph, .tcp, 80, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"))
    try expect(
      graph, .tcp, 81, .deny("*", to: "x/a"), .allow("x/b", to: "x/a"), .deny("x/a", to: "*"))
  }

  @Test
  func
    `e2e 28 should support denying of egress traffic on the client side (even if the server explicitly allows this traffic)`()
    throws
  {
    // y/b and y/c may be called by x/a, say they; x/a may call y/b only.
    let client = policy(
      """
      podSelector: {matchLabels: {pod: a}}
      policyTypes: [Egress]
      egress:
      - to:
        - namespaceSelector: {matchLabels: {ns: "y"}}
          podSelector: {matchLabels: {pod: b}}
      """)
    func server(_ pod: String) -> String {
      policy(
        """
        podSelector: {matchLabels: {pod: \(pod)}}
        ingress:
        - from:
          - namespaceSelector: {matchLabels: {ns: x}}
            podSelector: {matchLabels: {pod: a}}
        """, named: "allow-to-\(pod)", in: "y")
    }
    let graph = try graph(client, server("b"), server("c"))
    try expect(
      graph, .tcp, 80, .deny("*", to: "y/b"), .deny("*", to: "y/c"), .deny("x/a", to: "*"),
      .allow("x/a", to: "y/b"))
    #expect(try graph.reason(.ingress, "x/a", "y/c") == "allowed by allow-to-c ingress[0].from[0]")
    #expect(try graph.reason(.egress, "x/a", "y/c") == "isolated by p")
  }

  @Test
  func
    `e2e 29 should enforce egress policy allowing traffic to a server in a different namespace based on PodSelector and NamespaceSelector`()
    throws
  {
    let graph = try graph(
      policy(
        """
        podSelector: {matchLabels: {pod: a}}
        policyTypes: [Egress]
        egress:
        - to:
          - namespaceSelector: {matchLabels: {ns: "y"}}
            podSelector: {matchLabels: {pod: a}}
        """))
    try expect(graph, .tcp, 80, .deny("x/a", to: "*"), .allow("x/a", to: "y/a"))
  }

  @Test
  func
    `e2e 30 should enforce ingress policy allowing any port traffic to a server on a specific protocol`()
    throws
  {
    let graph = try graph(
      policy("podSelector: {matchLabels: {pod: a}}\ningress: [{ports: [{protocol: TCP}]}]"))
    for port in [80, 81] as [UInt16] {
      try expect(graph, .tcp, port)
      try expect(graph, .udp, port, .deny("*", to: "x/a"))
    }
  }

  @Test
  func
    `e2e 31 should enforce multiple ingress policies with ingress allow-all policy taking precedence`()
    throws
  {
    let port = policy("podSelector: {}\ningress: [{ports: [{port: 80}]}]", named: "allow-80")
    try expect(try graph(port), .tcp, 81, .deny("*", to: "x/*"))
    let all = policy("podSelector: {}\ningress: [{}]", named: "allow-all")
    try expect(try graph(port, all), .tcp, 81)
  }

  @Test
  func
    `e2e 32 should enforce multiple egress policies with egress allow-all policy taking precedence`()
    throws
  {
    let types = "podSelector: {}\npolicyTypes: [Egress]"
    let port = policy("\(types)\negress: [{ports: [{port: 80}]}]", named: "allow-80")
    try expect(try graph(port), .tcp, 81, .deny("x/*", to: "*"))
    let all = policy("\(types)\negress: [{}]", named: "allow-all")
    try expect(try graph(port, all), .tcp, 81)
  }

  @Test func `e2e 33 should stop enforcing policies after they are deleted`() throws {
    let graph = try graph(policy("podSelector: {}\npolicyTypes: [Ingress, Egress]"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"), .deny("x/*", to: "*"))
    try expect(try SemanticsTests.graph())
  }
}
