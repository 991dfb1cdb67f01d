import Compiler
import Diagnostics
import NetSets
import PolicyModel
import Testing

/// Which pods and namespaces labels select.
struct SelectorTests {
  /// Pods of namespace x with the given labels, all of them isolated, and a policy by which the
  /// selected ones may call.
  private func callers(_ selector: String) throws -> [String] {
    var grid = Grid()
    grid.label("x/a", "tier", "front")
    grid.label("x/b", "tier", "")
    let graph = try graph(
      policy("podSelector: {}\ningress: [{from: [{podSelector: \(selector)}]}]", in: "x"), in: grid)
    return try ["x/a", "x/b", "x/c"].filter { pod in
      try graph.allows(pod, pod == "x/a" ? "x/b" : "x/a")
    }
  }

  private func expression(_ parts: String) -> String { "{matchExpressions: [{\(parts)}]}" }

  @Test func `E25 NotIn and DoesNotExist match pods that lack the key`() throws {
    #expect(
      try callers(expression("key: tier, operator: NotIn, values: [front]")) == ["x/b", "x/c"])
    #expect(try callers(expression("key: tier, operator: DoesNotExist")) == ["x/c"])
    #expect(try callers(expression("key: tier, operator: In, values: [front]")) == ["x/a"])
    #expect(try callers(expression("key: tier, operator: Exists")) == ["x/a", "x/b"])
  }

  @Test func `E26 an empty value needs the key`() throws {
    #expect(try callers("{matchLabels: {tier: \"\"}}") == ["x/b"])
    #expect(try callers("{matchLabels: {tier: }}") == ["x/b"])
    #expect(try callers(expression("key: tier, operator: In, values: [\"\"]")) == ["x/b"])
    #expect(
      try callers(expression("key: tier, operator: NotIn, values: [\"\"]")) == ["x/a", "x/c"])
  }

  @Test func `E27 an empty selector selects everything, a null one says nothing`() throws {
    #expect(try callers("{}") == ["x/a", "x/b", "x/c"])
    #expect(try callers("{matchLabels: {}, matchExpressions: []}") == ["x/a", "x/b", "x/c"])
    let spec = "podSelector: {}\ningress: [{from: [{podSelector: null, namespaceSelector: "
    let graph = try graph(policy("\(spec){matchLabels: {ns: \"y\"}}}]}]"))
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"), .allow("y/*", to: "x/*"))
  }

  @Test func `E28 every requirement must hold`() throws {
    let both = "matchLabels: {pod: a}, matchExpressions: [{key: tier, operator: Exists}]"
    #expect(try callers("{\(both)}") == ["x/a"])
    #expect(try callers("{matchLabels: {pod: a, tier: back}}") == [])
    let oneKey = """
      {matchExpressions: [{key: tier, operator: Exists}, \
      {key: tier, operator: NotIn, values: [front]}]}
      """
    #expect(try callers(oneKey) == ["x/b"])
    let contradiction = """
      {matchLabels: {pod: a}, matchExpressions: [{key: pod, operator: In, values: [b]}]}
      """
    #expect(try callers(contradiction) == [])
  }

  @Test func `E28 a key with a prefix is another key`() throws {
    var grid = Grid()
    grid.label("x/b", "app.kubernetes.io/name", "web")
    grid.label("x/c", "name", "web")
    let selector = "matchLabels: {app.kubernetes.io/name: web}"
    let graph = try graph(policy("podSelector: {\(selector)}"), in: grid)
    try expect(graph, .tcp, 80, .deny("*", to: "x/b"))
  }

  @Test func `E29 every namespace carries its name as a label`() throws {
    let name = "kubernetes.io/metadata.name"
    let spec = "podSelector: {}\ningress: [{from: [{namespaceSelector: "
    let expression = "matchExpressions: [{key: \(name), operator: "
    let isIn = try graph(policy("\(spec){\(expression)In, values: [\"y\"]}]}}]}]"))
    try expect(isIn, .tcp, 80, .deny("*", to: "x/*"), .allow("y/*", to: "x/*"))
    let notIn = try graph(policy("\(spec){\(expression)NotIn, values: [\"y\"]}]}}]}]"))
    try expect(notIn, .tcp, 80, .deny("y/*", to: "x/*"))
  }

  @Test func `E29 a namespace without a manifest has that label alone`() throws {
    let stray = podYAML("stray", "n", addresses: ["10.9.0.1"])
    func graph(_ selector: String) throws -> PolicyGraph {
      let from = "[{namespaceSelector: \(selector)}]"
      return try SemanticsTests.graph(policy("podSelector: {}\ningress: [{from: \(from)}]"), stray)
    }
    let byName = try graph("{matchLabels: {kubernetes.io/metadata.name: stray}}")
    #expect(try byName.allows("10.9.0.1", "x/a"))
    #expect(try !byName.allows("y/a", "x/a"))
    #expect(
      try !graph("{matchExpressions: [{key: ns, operator: Exists}]}").allows("10.9.0.1", "x/a"))
    // The policy's own namespace needs no manifest either.
    let own = policy("podSelector: {}", in: "stray")
    #expect(try !SemanticsTests.graph(own, stray).allows("x/a", "10.9.0.1"))
  }

  @Test func `E29 a manifest cannot give a namespace another name's label`() throws {
    var grid = Grid()
    grid.namespaces["z"] = ["kubernetes.io/metadata.name": "y"]
    let from = "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: \"y\"}}}]"
    let graph = try graph(policy("podSelector: {}\ningress: [{from: \(from)}]"), in: grid)
    try expect(graph, .tcp, 80, .deny("*", to: "x/*"), .allow("y/*", to: "x/*"))
  }

  @Test func `E30 labels that change change subjects and peers`() throws {
    let text = policy(
      """
      podSelector: {matchLabels: {isolated: "true"}}
      ingress: [{from: [{namespaceSelector: {matchLabels: {open: "true"}}}]}]
      """)
    var grid = Grid()
    try expect(try graph(text, in: grid))
    grid.label("x/a", "isolated", "true")
    try expect(try graph(text, in: grid), .tcp, 80, .deny("*", to: "x/a"))
    grid.namespaces["z"] = ["open": "true"]
    try expect(
      try graph(text, in: grid), .tcp, 80, .deny("*", to: "x/a"), .allow("z/*", to: "x/a"))
  }

  @Test func `E31 NotIn over namespaces holds for the policy's own`() throws {
    let selector = "{matchExpressions: [{key: ns, operator: NotIn, values: [\"y\"]}]}"
    let spec = "podSelector: {}\ningress: [{from: [{namespaceSelector: \(selector)}]}]"
    try expect(try graph(policy(spec)), .tcp, 80, .deny("y/*", to: "x/*"))
  }
}
