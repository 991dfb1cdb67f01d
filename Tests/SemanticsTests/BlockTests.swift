import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Whom `ipBlock` means.
struct BlockTests {
  private func egress(_ peers: String, _ more: String = "") throws -> PolicyGraph {
    let spec = "podSelector: {matchLabels: {pod: a}}\npolicyTypes: [Egress]\negress:\n"
    return try graph(policy("\(spec)- to: [\(peers)]\n\(more)"))
  }

  @Test func `E35 a block means pods as well as strangers`() throws {
    let one = try egress("{ipBlock: {cidr: 10.0.2.17/32}}, {ipBlock: {cidr: \"fd00:2::2/128\"}}")
    try expect(one, .tcp, 80, .deny("x/a", to: "*"), .allow("x/a", to: "y/b"))
    let hole = try egress("{ipBlock: {cidr: 0.0.0.0/4, except: [10.0.2.17/32]}}")
    #expect(try !hole.allows("10.0.1.1", "10.0.2.17"))
    #expect(try hole.allows("10.0.1.1", "10.0.2.33"))
    #expect(try hole.allows("10.0.1.1", "9.9.9.9"))
  }

  @Test func `E36 what one item excepts another may allow`() throws {
    let sibling = "{ipBlock: {cidr: 10.0.2.17/32}}"
    let block = "{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.2.0/24]}}"
    let items = try egress("\(block), \(sibling)")
    let rules = try egress(block, "- to: [\(sibling)]")
    let other = "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [\(sibling)]}]"
    let first = "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [\(block)]}]"
    let policies = try graph(policy(first, named: "p"), policy(other, named: "q"))
    for graph in [items, rules, policies] {
      #expect(try graph.allows("10.0.1.1", "10.0.2.17"))
      #expect(try !graph.allows("10.0.1.1", "10.0.2.33"))
      #expect(try graph.evaluation("10.0.1.1", "10.0.2.17").accepted)
      #expect(try !graph.evaluation("10.0.1.1", "10.0.2.33").accepted)
    }
    #expect(try policies.reason(.egress, "x/a", "y/b") == "allowed by q egress[0].to[0]")
    // A pod selector as well: being excepted denies nothing.
    let pods = try egress("\(block), {namespaceSelector: {matchLabels: {ns: \"y\"}}}")
    #expect(try pods.allows("10.0.1.1", "10.0.2.33"))
  }

  @Test func `E37 a hole is a hole in its own item`() throws {
    let first = "{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.2.0/24]}}"
    let second = "{ipBlock: {cidr: 10.0.2.0/24, except: [10.0.2.32/28]}}"
    for graph in [try egress("\(first), \(second)"), try egress("\(second), \(first)")] {
      let allowed = try ["10.0.1.17", "10.0.2.17", "10.0.2.33", "10.0.3.33"].map {
        try graph.allows("10.0.1.1", $0)
      }
      #expect(allowed == [true, true, false, true])
      #expect(try graph.evaluation("10.0.1.1", "10.0.2.17").accepted)
      #expect(try !graph.evaluation("10.0.1.1", "10.0.2.33").accepted)
    }
  }

  @Test func `E38 holes may hold and overlap each other`() throws {
    let holes = "10.0.2.0/24, 10.0.2.17/32, 10.0.2.0/25, 10.0.2.0/24, 10.0.3.0/28"
    let graph = try egress("{ipBlock: {cidr: 10.0.0.0/16, except: [\(holes)]}}")
    let probes = ["10.0.1.255", "10.0.2.0", "10.0.2.17", "10.0.2.255", "10.0.3.15", "10.0.3.16"]
    let expected = [true, false, false, false, false, true]
    #expect(try probes.map { try graph.allows("10.0.1.1", $0) } == expected)
    #expect(try probes.map { try graph.evaluation("10.0.1.1", $0).accepted } == expected)
  }

  @Test func `E39 blocks that overlap become ranges that do not`() throws {
    // Most have bits beyond their length.
    let blocks = (0..<40).map { "{ipBlock: {cidr: 10.\($0).0.0/\(8 + $0 % 17)}}" }
    let touching = ["{ipBlock: {cidr: 172.16.0.0/17}}, {ipBlock: {cidr: 172.16.128.0/17}}"]
    let graph = try egress((blocks + touching).joined(separator: ", "))
    let contents = try graph.table(.ipv4).sets.compactMap { set -> [AddressRange]? in
      if case .intervals(let ranges) = set.content { ranges } else { nil }
    }
    let ranges = try #require(contents.first)
    #expect(contents.count == 1)
    for (left, right) in zip(ranges, ranges.dropFirst()) { #expect(left.upper + 1 < right.lower) }
    #expect(
      ranges.map { $0.prefix?.description } == ["10.0.0.0/8", "172.16.0.0/16"])
  }

  @Test func `E40 a length of zero is every address of the family`() throws {
    let probes = [
      "1.0.0.1", "223.255.255.255", "10.0.2.17", "64:ff9b::1", "fe80::1", "2001:db8::1",
      "fd00:2::2",
    ]
    let cidrs = ["0.0.0.0/0", "::/0"].map { "{ipBlock: {cidr: \"\($0)\"}}" }
    let inline = try egress(cidrs.joined(separator: ", "))
    // Enough blocks for a set.
    let many = (0..<20).flatMap { number in
      ["{ipBlock: {cidr: 10.\(number).0.0/16}}", "{ipBlock: {cidr: \"fd\(number + 10)::/16\"}}"]
    }
    let asSet = try egress((cidrs + many).joined(separator: ", "))
    for graph in [inline, asSet] {
      for probe in probes {
        let source = probe.contains(":") ? "fd00:1::1" : "10.0.1.1"
        #expect(try graph.allows(source, probe))
        #expect(try graph.evaluation(source, probe).accepted)
      }
    }
  }

  @Test func `E41 a block is of one family`() throws {
    let ipv4 = try egress("{ipBlock: {cidr: 0.0.0.0/0}}")
    #expect(try ipv4.allows("10.0.1.1", "8.8.8.8"))
    #expect(try !ipv4.allows("fd00:1::1", "2001:db8::1"))
    #expect(try !ipv4.evaluation("fd00:1::1", "2001:db8::1").accepted)
    let ipv6 = try egress("{ipBlock: {cidr: \"::/0\"}}")
    #expect(try !ipv6.allows("10.0.1.1", "8.8.8.8"))
    #expect(try ipv6.allows("fd00:1::1", "2001:db8::1"))
    #expect(try !ipv6.evaluation("10.0.1.1", "8.8.8.8").accepted)
    let any = try egress("")
    #expect(try any.allows("10.0.1.1", "8.8.8.8") && any.allows("fd00:1::1", "2001:db8::1"))
  }

  @Test func `E42 connections are seen behind services' addresses`() throws {
    // What a client calls by a cluster address in 10.96.0.0/12 reaches us with the pod's.
    let service = try egress("{ipBlock: {cidr: 10.96.0.0/12}}")
    try expect(service, .tcp, 80, .deny("x/a", to: "*"))
    // All chains hang at forward, after services' and before masquerade's translation.
    let hooks = try service.table(.ipv4).chains.compactMap(\.base)
    #expect(!hooks.isEmpty && hooks.allSatisfy { $0.hook == .forward && $0.priority < 0 })
  }

  @Test func `E43 a Service is no peer`() throws {
    let service = """
      {apiVersion: v1, kind: Service, metadata: {name: web, namespace: "y", labels: {app: web}},
        spec: {clusterIP: 10.96.0.1, selector: {pod: a}}}
      """
    let spec = "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{namespaceSelector: {}, "
    let byLabel = try graph(policy("\(spec)podSelector: {matchLabels: {app: web}}}]}]"), service)
    try expect(byLabel, .tcp, 80, .deny("x/*", to: "*"))
    #expect(try !byLabel.allows("x/a", "10.96.0.1"))
  }
}
