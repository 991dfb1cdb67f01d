import Backends
import Compiler
import NetSets
import Nftables
import Testing

/// Which chains and sets there are, and how many.
@Suite struct ShapeTests {
  private func table(rule: String, pods: String = Manifest.pod("web", "10.0.0.1")) throws -> Table {
    try ruleset(pods + Manifest.policy("web", "podSelector: {}, ingress: [\(rule)]")).ip
  }

  private func blocks(_ count: Int, width: Int = 24) -> String {
    (0..<count).map { "{ipBlock: {cidr: 172.16.\($0 * 2).0/\(width)}}" }.joined(separator: ", ")
  }

  private func ports(_ count: Int) -> String {
    (1...count).map { "{port: \($0)}" }.joined(separator: ", ")
  }

  @Test(arguments: [(1, 20), (20, 1), (2, 4), (4, 2), (8, 1)])
  func `few pairs of ports and peers stand in the chain`(_ ports: Int, _ peers: Int) throws {
    // Sixteen blocks at most stay blocks; more are one set.
    let table = try table(rule: "{from: [\(blocks(peers))], ports: [\(self.ports(ports))]}")
    #expect(try table.chain("pi/shop/web").rules.count == ports * (peers > 16 ? 1 : peers))
    #expect(!table.policyChains.contains("pi/shop/web/r0"))
  }

  @Test func `more than eight pairs make a sub-chain of the peers`() throws {
    let table = try table(rule: "{from: [\(blocks(3))], ports: [\(ports(3))]}")
    let jumps = [1, 2, 3].map { "th dport \($0) meta l4proto tcp jump pi/shop/web/r0" }
    #expect(try table.rules("pi/shop/web") == jumps)
    let peers = [0, 2, 4].map { "ip saddr 172.16.\($0).0/24 accept" }
    #expect(try table.rules("pi/shop/web/r0") == peers)
  }

  @Test func `named ports do not go into the sub-chain`() throws {
    let rule = "{from: [\(blocks(5))], ports: [{port: http}, \(ports(3))]}"
    let table = try table(rule: rule)
    #expect(try table.rules("pi/shop/web/r0").count == 5)
    #expect(try table.rules("pi/shop/web").count == 5 + 3)
    #expect(try table.rules("pi/shop/web").filter { $0.contains("@n-") }.count == 5)
  }

  @Test func `more than sixteen blocks are a set of ranges, in the order of addresses`() throws {
    let inline = try table(rule: "{from: [\(blocks(16))]}")
    #expect(!inline.sets.contains { $0.name.hasPrefix("b-") })
    #expect(try inline.rules("pi/shop/web").count == 16)
    let table = try table(rule: "{from: [\(blocks(17))]}")
    let set = try #require(table.sets.first { $0.name.hasPrefix("b-") })
    #expect(set.content.elements.count == 17)
    #expect(set.comment == "ipBlocks: 17 ranges")
    #expect(try table.rules("pi/shop/web") == ["ip saddr @\(set.name) accept"])
  }

  @Test func `blocks that touch are one range of a set`() throws {
    let table = try table(rule: "{from: [\(blocks(20, width: 23))]}")
    let set = try #require(table.sets.first { $0.name.hasPrefix("b-") })
    #expect(set.content.elements.count == 1)
  }

  @Test func `excepts count, and can leave nothing`() throws {
    let halves = (0..<16).map { "10.\($0 * 16).0.0/12" }.joined(separator: ", ")
    let all = "{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [\(halves)]}}]}"
    let table = try table(rule: all)
    #expect(try table.rules("pi/shop/web") == [])
    #expect(!table.sets.contains { $0.name.hasPrefix("b-") })
  }

  @Test func `pods that the same policies select share a group and its chains`() throws {
    let pods = (1...20).map { Manifest.pod("web-\($0)", "10.0.0.\($0)") }.joined()
    let table = try ruleset(pods + Manifest.policy("web", "podSelector: {}")).ip
    #expect(table.policyChains.count == 2)
    let map = try #require(table.maps.first { $0.name == "pods-in" })
    #expect(map.elements.count == 20)
    #expect(Set(map.elements.map(\.verdict)).count == 1)
  }

  @Test func `a family without addresses has no policy chains and no sets of policies`() throws {
    let table = try ruleset(
      Manifest.pod("web", "10.0.0.1")
        + Manifest.policy("web", "podSelector: {}, ingress: [{from: [{podSelector: {}}]}]")
    ).ip6
    #expect(table.policyChains == [])
    #expect(table.sets.map(\.name) == ["drops"])
    #expect(table.maps.allSatisfy { $0.elements.isEmpty })
  }

  @Test func `a policy of another node's pods has no chains here`() throws {
    let yaml =
      Manifest.pod("here", labels: "app: here", node: "n1", "10.0.0.1")
      + Manifest.pod("there", labels: "app: there", node: "n2", "10.0.1.1")
      + Manifest.policy("there", "podSelector: {matchLabels: {app: there}}")
    let table = try ruleset(yaml, for: Scope(node: "n1")).ip
    #expect(table.policyChains == [])
  }

  /// The kernel's work to load sets grows with the square of their number.
  @Test func `a thousand policies on one node stay under a thousand sets a family`() throws {
    var yaml = ""
    for number in 0..<50 {
      yaml += Manifest.pod(
        "p-\(number)", labels: "app: a\(number)", node: "n1", "10.0.0.\(number + 1)",
        "fd00::\(number + 1)")
    }
    for number in 0..<1000 {
      yaml += Manifest.policy(
        "policy-\(number)",
        """
        podSelector: {matchLabels: {app: a\(number % 50)}}, policyTypes: [Ingress, Egress], \
        ingress: [{from: [{podSelector: {matchLabels: {in: v\(number)}}}]}], \
        egress: [{to: [{podSelector: {matchLabels: {eg: v\(number)}}}]}]
        """)
    }
    for table in try ruleset(yaml, for: Scope(node: "n1")).tables {
      #expect(table.sets.count < 1000)
      #expect(table.sets.count > 800)
      #expect(table.policyChains.count == 2000 + 100)
    }
  }
}
