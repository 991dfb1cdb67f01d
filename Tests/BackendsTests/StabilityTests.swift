import Backends
import Compiler
import NetSets
import Nftables
import Testing

/// What changes in the ruleset when something changes in the cluster: no more than must.
@Suite struct StabilityTests {
  private static let pods =
    Manifest.pod("web-0", labels: "app: web", node: "n1", "10.0.0.1", "fd00::1")
    + Manifest.pod("api-0", labels: "app: api", node: "n1", "10.0.0.2", "fd00::2")
    + Manifest.pod("db-0", labels: "app: db", node: "n2", "10.0.1.1", "fd00:1::1")

  private static func policies(port: Int = 80) -> String {
    Manifest.policy("deny", "podSelector: {}, policyTypes: [Ingress, Egress]")
      + Manifest.policy(
        "web",
        """
        podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress], \
        ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: \(port)}]}], \
        egress: [{to: [{namespaceSelector: {}}], ports: [{port: http}]}]
        """)
      + Manifest.policy(
        "api", "podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {}}]}]")
  }

  private func difference(
    _ before: String, _ after: String, file: String = "test.yaml"
  ) throws -> [TableDifference] {
    let scope = Scope(node: "n1")
    return try ruleset(before, for: scope)
      .difference(to: ruleset(after, for: scope, file: file)).tables
  }

  @Test(arguments: [
    Manifest.pod("web-1", labels: "app: web", node: "n1", "10.0.0.3", "fd00::3"),
    Manifest.pod("api-1", labels: "app: api", node: "n2", "10.0.1.3", "fd00:1::3"),
    Manifest.pod("a-first", labels: "app: api, other: x", node: "n1", "10.0.0.9", "fd00::9"),
    Manifest.pod("a-first", namespace: "another", node: "n2", "10.0.1.9", "fd00:1::9"),
  ])
  func `a pod like others that comes or goes is elements, and no rule, chain or set`(_ pod: String)
    throws
  {
    let (without, with) = (Self.pods + Self.policies(), Self.pods + pod + Self.policies())
    for (before, after) in [(without, with), (with, without)] {
      let difference = try difference(before, after)
      #expect(difference.count == 2)
      for table in difference {
        #expect(table.chains.isEmpty)
        #expect(table.addedCounters.isEmpty && table.removedCounters.isEmpty)
        #expect(table.sets.allSatisfy { $0.change == .changed })
        #expect(table.maps.allSatisfy { $0.change == .changed })
        #expect(table.sets.flatMap(\.added).count + table.sets.flatMap(\.removed).count > 0)
      }
    }
  }

  @Test func `lines that move and a file that is renamed are no difference`() throws {
    let yaml = Self.pods + Self.policies()
    #expect(try difference(yaml, "# A comment\n\n" + yaml, file: "other.yaml").isEmpty)
  }

  @Test func `the order of objects is no difference, not even in the text`() throws {
    let scope = Scope(node: "n1")
    let documents = (Self.pods + Self.policies()).split(separator: "---\n")
    let forward = try ruleset(documents.joined(separator: "---\n"), for: scope)
    let backward = try ruleset(documents.reversed().joined(separator: "---\n"), for: scope)
    #expect(forward.difference(to: backward).isEmpty)
    func names(_ ruleset: Ruleset) -> [[String]] {
      ruleset.tables.map { $0.chains.map(\.name) + $0.sets.map(\.name) }
    }
    #expect(names(forward) == names(backward))
  }

  @Test func `an edit of a policy touches its own chain alone`() throws {
    let difference = try difference(
      Self.pods + Self.policies(port: 80), Self.pods + Self.policies(port: 81))
    #expect(difference.count == 2)
    for table in difference {
      #expect(table.chains.map(\.name) == ["pi/shop/web"])
      #expect(table.chains.map(\.added.count) == [1])
      #expect(table.chains.map(\.removed.count) == [1])
      #expect(table.sets.isEmpty && table.maps.isEmpty)
    }
  }

  @Test func `the first pod of a group adds its chain, and the last takes it away`() throws {
    let pod = Manifest.pod("new", labels: "other: x", node: "n1", "10.0.0.9", "fd00::9")
    let (without, with) = (Self.pods + Self.policies(), Self.pods + pod + Self.policies())
    for table in try difference(without, with) {
      // Without a policy of its own, only the policy of all selects it.
      #expect(table.chains.map { $0.comment ?? "" } == ["shop/deny"])
      #expect(table.chains.map(\.change) == [.added])
    }
    for table in try difference(with, without) {
      #expect(table.chains.map(\.change) == [.removed])
    }
  }

  @Test func `a new policy adds its chain and moves the pods it selects`() throws {
    let new = Manifest.policy("extra", "podSelector: {matchLabels: {app: web}}, ingress: [{}]")
    for table in try difference(Self.pods + Self.policies(), Self.pods + Self.policies() + new) {
      let changes = table.chains.map { "\($0.change) \($0.name.prefix(3))" }.sorted()
      #expect(changes == ["added gi-", "added pi/", "removed gi-"])
      #expect(table.sets.isEmpty)
      #expect(table.maps.map(\.name) == ["pods-in"])
      #expect(table.maps.map(\.added.count) == [1])
    }
  }
}
