import Backends
import Host
import Nftables
import TestSupport
import Testing

/// The rulesets with odd names and comments, in the kernel.
@Suite(.enabled(if: Laboratory.unavailable == nil, "\(Laboratory.unavailable ?? "It can run.")"))
struct LiveTests {
  /// Loads it twice in a namespace of its own; the second replaces the first.
  private func expectIdenticalListing(
    of ruleset: Ruleset, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try runProcess(
      [
        "unshare", "--net", "sh", "-c",
        "nft -f /dev/stdin && nft -f /dev/stdin && nft -s list ruleset",
      ], input: ruleset.text)
    #expect(result.errors == "", sourceLocation: sourceLocation)
    #expect(
      result.output == ruleset.listing, sourceLocation: sourceLocation)
  }

  @Test func `odd names load and list as they are`() throws {
    try expectIdenticalListing(of: ruleset(NameTests.oddManifests))
    let reject = NftablesOptions(deny: .reject, denyLog: DenyLogging(), node: "n1")
    try expectIdenticalListing(of: ruleset(NameTests.oddManifests, reject))
  }

  @Test(arguments: [
    "we\"ird\\\n.yaml", "каталог/😀.yaml", String(repeating: "é", count: 200) + ".yaml",
    "a $variable ; # { } * ' ` @set.yaml",
  ])
  func `odd file names load and list as they are`(_ file: String) throws {
    try expectIdenticalListing(of: ruleset(NameTests.oddManifests, file: file))
  }

  @Test func `names that differ only past the cut load`() throws {
    let namespace = String(repeating: "n", count: 63)
    let policies = ["1", "2"].map {
      Manifest.policy(
        String(repeating: "p", count: 252) + $0, namespace: namespace,
        "podSelector: {}, ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}], "
          + "ports: [{port: 1}, {port: 2}, {port: 3}, {port: 4}, {port: 5}]}]")
    }
    let yaml = Manifest.pod("a", namespace: namespace, "10.0.0.1", "fd00::1") + policies.joined()
    try expectIdenticalListing(of: ruleset(yaml))
  }

  @Test func `selectors longer than a comment, and many blocks, load`() throws {
    let values = (0..<40).map { "value-\($0)" }.joined(separator: ", ")
    let blocks = (0..<40).map { "{ipBlock: {cidr: 10.\($0 * 2).0.0/16}}" }.joined(separator: ", ")
    let selector = "{matchExpressions: [{key: a.b/c, operator: In, values: [\(values)]}]}"
    let yaml =
      Manifest.pod("a", "10.0.0.1", "fd00::1")
      + Manifest.policy(
        "a", "podSelector: {}, ingress: [{from: [{podSelector: \(selector)}, \(blocks)]}]")
    try expectIdenticalListing(of: ruleset(yaml))
  }
}
