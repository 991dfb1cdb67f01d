import NetSets
import Nftables
import Testing

@testable import Backends

/// Names of chains and sets: nft takes them, no two things share one, and they stay.
@Suite struct NameTests {
  /// Namespace and name of a policy that denies all ingress.
  static let oddNames: [(namespace: String, name: String)] = [
    ("accept", "drop"), ("ip", "table"), ("jump", "counter"), ("snat", "dnat"), ("0", "0"),
    ("default", "10.0.0.1"), ("a-b", "1-2.3-4"), ("x", "a.b.c.d.e"), ("map", "elements"),
    ("shop", String(repeating: "long.", count: 50) + "end"),
    (String(repeating: "n", count: 63), String(repeating: "p", count: 253)),
  ]

  static var oddManifests: String {
    oddNames.enumerated().map { index, policy in
      Manifest.pod("p", namespace: policy.namespace, "10.0.0.\(index + 1)", "fd00::\(index + 1)")
        + Manifest.policy(
          policy.name, namespace: policy.namespace,
          "podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: accept}]}]")
    }.joined()
  }

  @Test func `any name of a policy makes a name that nft takes`() throws {
    let ruleset = try ruleset(Self.oddManifests)
    for table in ruleset.tables {
      #expect(table.policyChains.count == 2 * Self.oddNames.count)
      #expect(table.chains.contains { $0.name == "pi/accept/drop" })
    }
    #expect(try Ruleset(parsing: ruleset.text) == ruleset)
  }

  @Test func `names that differ only past the cut stay two`() throws {
    let namespace = String(repeating: "n", count: 63)
    let stem = String(repeating: "p", count: 252)
    let yaml =
      Manifest.pod("a", namespace: namespace, "10.0.0.1")
      + ["1", "2", "3"].map {
        Manifest.policy(stem + $0, namespace: namespace, "podSelector: {}")
      }.joined()
    let table = try ruleset(yaml).ip
    let chains = table.policyChains.filter { $0.hasPrefix("pi/") }
    #expect(Set(chains).count == 3)
    #expect(chains.allSatisfy { $0.utf8.count <= 255 })
    #expect(chains.allSatisfy { $0.hasPrefix("pi/\(namespace)/ppp") })
  }

  @Test func `a long name leaves room for its sub-chains`() throws {
    let peers = (1...9).map { "{ipBlock: {cidr: 10.\($0).0.0/16}}" }.joined(separator: ", ")
    let rule = "{from: [\(peers)], ports: [{port: 80}]}"
    let yaml =
      Manifest.pod("a", "10.0.0.1")
      + Manifest.policy(
        String(repeating: "p", count: 253),
        "podSelector: {}, ingress: [\(Array(repeating: rule, count: 12).joined(separator: ", "))]")
    let table = try ruleset(yaml).ip
    #expect(table.policyChains.filter { $0.hasSuffix("/r11") }.count == 1)
  }

  /// Of forty million selectors, these two share 48 bits of digest.
  private static let alike = ["v1954132", "v20998629"]

  @Test func `two selectors of one digest are two sets`() throws {
    let texts = Self.alike.map { "ns=shop pod{app=\($0)}" }
    #expect(Set(texts.map { Names.digest($0) }) == ["16bda1940042"])
    let peers = Self.alike.map { "{podSelector: {matchLabels: {app: \($0)}}}" }
    let yaml =
      Manifest.pod("a", labels: "app: \(Self.alike[0])", "10.0.0.1")
      + Manifest.pod("b", labels: "app: \(Self.alike[1])", "10.0.0.2")
      + Manifest.policy(
        "both", "podSelector: {}, ingress: [{from: [\(peers.joined(separator: ", "))]}]")
    let table = try ruleset(yaml).ip
    let sets = table.sets.filter { $0.name.hasPrefix("p-") }
    #expect(Set(sets.map(\.comment)) == Set(texts))
    #expect(Set(sets.map(\.name)).count == 2)
    #expect(sets.contains { $0.name == "p-16bda1940042" })
    #expect(try Set(table.rules("pi/shop/both")).count == 2)
  }

  @Test func `a name given again is the same`() {
    var names = Names()
    let texts = Self.alike.map { "ns=shop pod{app=\($0)}" }
    let first = texts.map { names.hashed("p-", $0) }
    #expect(texts.map { names.hashed("p-", $0) } == first)
    #expect(first[0] != first[1])
  }

  @Test func `names that are forgotten take none away from who has another for them`() {
    var names = Names()
    let texts = Self.alike.map { "ns=shop pod{app=\($0)}" }
    let given = texts.map { names.hashed("p-", $0) }
    _ = names.hashed("p-", "another")
    names.keep([given[1]])
    #expect(names.hashed("p-", texts[1]) == given[1])
    #expect(names.count == 2)
  }

  @Test func `digests are twelve digits, and spread`() {
    let digests = (0..<10_000).map { Names.digest("\($0)") }
    #expect(digests.allSatisfy { $0.utf8.count == 12 })
    #expect(Set(digests).count == digests.count)
    #expect(Set(digests.map { $0.prefix(1) }).count == 16)
  }
}
