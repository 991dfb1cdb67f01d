import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// What a ruleset has to say about connections over time, as far as a compiler has a part in it.
///
/// Not here, because they are about a running agent or the kernel's own doing: E48 (policies of a
/// namespace that terminates), E68 (fragments, which conntrack puts together before any filter),
/// E69 (ARP and DHCP, which never come by an IP forward hook), E78 (what a change does to
/// established connections), E79 (timeouts of UDP), E82 (a pod before its policies are read), E84
/// (restarts) and E85 (a crashed agent).
struct StateTests {
  private let isolation = policy("podSelector: {}\npolicyTypes: [Ingress, Egress]")

  @Test func `E80 established connections are accepted before anything else is asked`() throws {
    for family in IPFamily.allCases {
      let chains = try graph(isolation).table(family).chains.filter { $0.base != nil }
      #expect(chains.count == 2)
      for chain in chains {
        let first = try #require(chain.rules.first)
        #expect(first.matches == [.connectionState([.established, .related])])
        #expect(first.verdict == .accept)
      }
    }
    let graph = try graph(isolation)
    #expect(try graph.evaluation("y/a", "x/a", state: .established).accepted)
    #expect(try graph.evaluation("x/a", "y/a", .icmp, icmpType: 3, state: .related).accepted)
    #expect(try !graph.evaluation("y/a", "x/a").accepted)
  }

  @Test func `E80 invalid packets are dropped of isolated pods only`() throws {
    let graph = try graph(policy("podSelector: {}\ningress: [{}]"))
    #expect(try !graph.evaluation("y/a", "x/a", state: .invalid).accepted)
    #expect(try !graph.evaluation("x/a", "y/a", state: .invalid).accepted, "its other direction")
    #expect(try graph.evaluation("y/a", "x/a", state: .new).accepted)
    #expect(try graph.evaluation("y/a", "z/a", state: .invalid).accepted)
    #expect(try graph.evaluation("8.8.8.8", "9.9.9.9", state: .invalid).accepted)
  }

  @Test func `E81 a pod that is not known yet is closed when asked for`() throws {
    let node = """
      {apiVersion: v1, kind: Node, metadata: {name: node-9}, spec: {podCIDRs: [10.9.0.0/24]},
        status: {addresses: [{type: InternalIP, address: 192.168.0.9}]}}
      """
    let closed = try graph(node, for: Scope(failsClosed: true))
    #expect(try closed.reason(.ingress, "y/a", "10.9.0.5") == "unknown pod")
    #expect(try closed.reason(.egress, "10.9.0.5", "y/a") == "unknown pod")
    #expect(try !closed.evaluation("y/a", "10.9.0.5").accepted)
    #expect(try !closed.evaluation("10.9.0.5", "8.8.8.8").accepted)
    #expect(try closed.evaluation("y/a", "10.9.1.5").accepted)
    // Once it is known it is as open as its policies leave it.
    let pod = podYAML("y", "new", node: "node-9", addresses: ["10.9.0.5"])
    let known = try graph(node, pod, for: Scope(failsClosed: true))
    #expect(try known.allows("y/a", "10.9.0.5") && known.evaluation("y/a", "10.9.0.5").accepted)
    // Without being asked, nobody is closed.
    #expect(try graph(node).allows("y/a", "10.9.0.5"))
  }

  @Test func `E83 isolation and what it lets through come in one ruleset`() throws {
    // All of a table's chains, sets and maps are one value: there is no order to get wrong, and
    // no element leads to a chain that is missing.
    let graph = try graph(
      isolation, policy("podSelector: {matchLabels: {pod: a}}\ningress: [{}]", named: "q"))
    for family in IPFamily.allCases {
      let table = try graph.table(family)
      let chains = Set(table.chains.map(\.name))
      for element in table.maps.flatMap(\.elements) {
        guard case .goto(let target) = element.verdict else { continue }
        #expect(chains.contains(target))
      }
    }
  }

  @Test func `E83 a policy that is deleted leaves nobody denied`() throws {
    let before = try graph(isolation)
    try expect(before, .tcp, 80, .deny("*", to: "x/*"), .deny("x/*", to: "*"))
    let after = try graph()
    try expect(after)
    #expect(try after.table(.ipv4).maps.allSatisfy(\.elements.isEmpty))
  }
}
