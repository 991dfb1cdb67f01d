import Backends
import Compiler
import Diagnostics
import Kubernetes
import Manifests
import NetSets
import Nftables
import PolicyModel
import TestSupport
import Testing

/// Policies on trial: with the annotation `netpolc.dev/audit: "true"`.
@Suite struct AuditTests {
  private func audited(
    _ spec: String, named name: String = "p", _ annotation: String = "netpolc.dev/audit: \"true\""
  ) -> String {
    policy(spec, named: name).replacing(
      "namespace: \"x\"", with: "namespace: \"x\", annotations: {\(annotation)}")
  }

  private static let fromB =
    "podSelector: {matchLabels: {pod: a}}\ningress: [{from: [{podSelector: {matchLabels: {pod: b}}}]}]"

  @Test func `a policy on trial isolates nobody, and what it would deny has its name`() throws {
    let graph = try graph(audited(Self.fromB))
    try expect(graph, .tcp, 80, .allow("*", to: "*"))
    #expect(try graph.reason(.ingress, "y/a", "x/a") == "audited by p")
    #expect(try graph.reason(.ingress, "x/b", "x/a") == "not isolated")
    #expect(try graph.reason(.egress, "x/a", "y/a") == "not isolated")
  }

  @Test func `it allows nothing that another policy denies`() throws {
    let deny = policy("podSelector: {}", named: "deny")
    let graph = try graph(audited(Self.fromB), deny)
    #expect(try !graph.allows("x/b", "x/a"))
    #expect(try graph.reason(.ingress, "x/b", "x/a") == "isolated by deny")
    #expect(try graph.evaluation("x/b", "x/a").path.allSatisfy { !$0.contains("audit") })
  }

  @Test func `several on trial allow together what they would allow when enforced`() throws {
    let fromC = Self.fromB.replacing("pod: b", with: "pod: c")
    let graph = try graph(audited(Self.fromB), audited(fromC, named: "q"))
    #expect(try graph.reason(.ingress, "x/c", "x/a") == "not isolated")
    #expect(try graph.reason(.ingress, "y/a", "x/a") == "audited by p, q")
  }

  @Test(arguments: ["netpolc.dev/audit: \"false\"", "netpolc.dev/audits: \"true\"", ""])
  func `with another value or without the annotation it is enforced`(_ annotation: String) throws {
    let graph = try graph(audited(Self.fromB, annotation))
    #expect(try graph.reason(.ingress, "y/a", "x/a") == "isolated by p")
  }

  @Test func `which annotation it is can be chosen`() throws {
    let key = try #require(AuditAnnotation(key: "example.com/try"))
    func tiers(_ annotation: String) -> [String] {
      var diagnostics = Diagnostics()
      let text = audited(Self.fromB, annotation)
      return readInput(
        [ManifestFile(path: "f.yaml", bytes: Array(text.utf8))], audit: key, &diagnostics
      ).policies.map(\.tier.name)
    }
    #expect(tiers("example.com/try: \"true\"") == ["networkpolicy-audit"])
    #expect(tiers("netpolc.dev/audit: \"true\"") == ["networkpolicy"])
    #expect(AuditAnnotation(key: "a/b/c") == nil)
    #expect(AuditAnnotation(key: "") == nil)
  }

  @Test(arguments: ["\"yes\"", "\"True\"", "\"\"", "true", "null", "[]"])
  func `what could mean either is an error at its line`(_ value: String) throws {
    let said = said(about: audited(Self.fromB, "netpolc.dev/audit: \(value)"))
    #expect(said.count == 1)
    #expect(said.first?.hasPrefix("3:") == true, "\(said)")
    #expect(said.first?.contains("error: metadata.annotations") == true, "\(said)")
  }

  @Test func `TCP in its middle passes where policies are only tried`() throws {
    let graph = try graph(
      audited(Self.fromB), audited("podSelector: {matchLabels: {pod: b}}", named: "q"),
      policy(
        "podSelector: {matchLabels: {pod: b}}\npolicyTypes: [Egress]\negress: [{}]", named: "eg"))
    func passes(to pod: String) throws -> Bool {
      let packet = Packet(
        source: try address("y/a"), destination: try address(pod), layer4: .tcp,
        destinationPort: 80, startsTCP: false)
      return try graph.table(.ipv4).evaluate(packet).accepted
    }
    #expect(try passes(to: "x/a"))
    // Isolated for egress: what was cut there must not come back by an answer.
    #expect(try !passes(to: "x/b"))
    #expect(try graph.reason(.ingress, "y/a", "x/b") == "audited by q")
  }

  @Test func `the counters have the policy's name, and those of no other`() throws {
    let graph = try graph(audited(Self.fromB), audited("podSelector: {}", named: "q"))
    func counting(_ source: String) throws -> [String] {
      try graph.evaluation(source, "x/a").path.filter { $0.hasPrefix("ai/") }
    }
    #expect(try counting("y/a") == ["ai/x/p", "ai/x/q"])
    #expect(try counting("x/b") == [])
    let table = try graph.table(.ipv4)
    let rules = table.chains.filter(\.countsAudit).flatMap(\.rules)
    #expect(rules.map(\.verdict) == [nil, nil])
    #expect(rules.first?.comment?.hasPrefix("would be denied by x/p ") == true)
  }

  @Test func `a ruleset without policies on trial has nothing of them`() throws {
    let table = try graph(policy(Self.fromB)).table(.ipv4)
    #expect(table.chains.allSatisfy { !$0.name.contains("audit") && !$0.countsAudit })
  }
}
