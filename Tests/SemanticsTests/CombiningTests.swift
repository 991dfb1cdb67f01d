import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Several policies, and both directions, at once.
///
/// E91, that another table may still drop what ours accepts, is the kernel's.
struct CombiningTests {
  @Test func `E86 policies add up in any order, and none takes away`() throws {
    let denying = policy("podSelector: {matchLabels: {pod: a}}", named: "deny")
    let allowing = policy("podSelector: {}\ningress: [{ports: [{port: 80}]}]", named: "allow")
    let fromB = policy(
      "podSelector: {}\ningress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]", named: "b")
    for objects in [[denying, allowing, fromB], [fromB, allowing, denying]] {
      var grid = Grid()
      grid.objects = objects
      let graph = try graph(in: grid)
      try expect(graph, .tcp, 80)
      try expect(graph, .tcp, 81, .deny("*", to: "x/*"), .allow("x/b", to: "x/*"))
      #expect(try graph.reason(.ingress, "y/a", "x/a") == "allowed by allow ingress[0]")
      #expect(try graph.reason(.ingress, "x/b", "x/a", .udp) == "allowed by b ingress[0].from[0]")
      #expect(try graph.reason(.ingress, "y/a", "x/a", .udp) == "isolated by allow, b, deny")
    }
  }

  @Test func `E86 deny all and allow all is allow all`() throws {
    let graph = try graph(
      policy("podSelector: {}", named: "deny"),
      policy("podSelector: {}\ningress: [{}]", named: "allow"))
    try expect(graph)
    #expect(try graph.allows("8.8.8.8", "x/a"))
  }

  @Test func `E87 being isolated in one direction says nothing about the other`() throws {
    let egress = try graph(policy("podSelector: {}\npolicyTypes: [Egress]"))
    #expect(try egress.reason(.ingress, "y/a", "x/a") == "not isolated")
    #expect(try egress.evaluation("y/a", "x/a").accepted)
    #expect(try !egress.evaluation("x/a", "y/a").accepted)
    let ingress = try graph(policy("podSelector: {}\npolicyTypes: [Ingress]"))
    #expect(try ingress.reason(.egress, "x/a", "y/a") == "not isolated")
    #expect(try ingress.evaluation("x/a", "y/a").accepted)
    #expect(try !ingress.evaluation("y/a", "x/a").accepted)
  }

  @Test func `E88 on one node both sides are still asked`() throws {
    // x/a and y/c are on node-1; the sender's policy accepts, the receiver's does not.
    let allowing = policy("podSelector: {}\npolicyTypes: [Egress]\negress: [{}]")
    let denying = policy("podSelector: {}", in: "y")
    let scope = Scope(node: "node-1")
    let graph = try graph(allowing, denying, for: scope)
    #expect(try graph.reason(.egress, "x/a", "y/c") == "allowed by p egress[0]")
    #expect(try graph.reason(.ingress, "x/a", "y/c") == "isolated by p")
    #expect(try graph.reason(.ingress, "x/a", "y/b") == "not policed", "node-2 sees to that")
    let evaluation = try graph.evaluation("x/a", "y/c")
    #expect(!evaluation.accepted)
    #expect(evaluation.path.starts(with: ["hook-egress"]))
    #expect(evaluation.path.contains("hook-ingress"))
    let other = try SemanticsTests.graph(
      allowing, policy("podSelector: {}\ningress: [{}]", in: "y"), for: scope)
    #expect(try other.evaluation("x/a", "y/c").accepted)
  }

  @Test func `E89 a policy's ingress rules open no egress`() throws {
    // Both pods are selected: x/b may call x/a by the ingress rules, and by no egress rule.
    let spec = """
      podSelector: {}
      policyTypes: [Ingress, Egress]
      ingress: [{from: [{podSelector: {}}]}]
      egress: [{to: [{podSelector: {matchLabels: {pod: b}}}]}]
      """
    let graph = try graph(policy(spec))
    try expect(
      graph, .tcp, 80, .deny("*", to: "x/*"), .deny("x/*", to: "*"), .allow("x/*", to: "x/b"))
    #expect(try !graph.evaluation("x/b", "x/a").accepted)
    #expect(try graph.evaluation("x/a", "x/b").accepted)
    let chains = try Set(graph.table(.ipv4).chains.map(\.name))
    #expect(chains.isSuperset(of: ["pi/x/p", "pe/x/p"]))
  }

  @Test func `E90 isolation drops by pod, and nothing is said about the rest`() throws {
    let graph = try graph(policy("podSelector: {}\npolicyTypes: [Ingress, Egress]"))
    let strangers = try graph.evaluation("8.8.8.8", "9.9.9.9")
    #expect(strangers.accepted && strangers.decidedBy == nil)
    let unselected = try graph.evaluation("y/a", "z/a")
    #expect(unselected.accepted && unselected.decidedBy == nil)
    #expect(try graph.reason(.ingress, "8.8.8.8", "9.9.9.9") == "not policed")
    let dispatch = try graph.table(.ipv4).maps.map { $0.elements.map(\.address.description) }
    let isolated = ["10.0.1.1", "10.0.1.17", "10.0.1.33"]
    #expect(dispatch == [isolated, isolated])
  }
}
