import Backends
import Compiler
import Iptables
import NetSets
import TestSupport
import Testing

/// The shape of rules for iptables and sets for ipset.
@Suite struct FilterTests {
  private func filter(
    _ yaml: String, for scope: Scope = Scope(), _ options: IptablesOptions = IptablesOptions(),
    file: String = "test.yaml", sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> PacketFilter {
    let filter = lower(try compileText(yaml, for: scope, file: file).graph, options).filter
    #expect(filter.problems == [], sourceLocation: sourceLocation)
    return filter
  }

  private func filter(rule: String) throws -> PacketFilter {
    try filter(
      Manifest.pod("web", "10.0.0.1", "fd00::1")
        + Manifest.policy("web", "podSelector: {}, ingress: [\(rule)]"))
  }

  /// The rules of the only group, in words: without the first, which is about new connections, and
  /// the last, which denies.
  private func rules(_ filter: PacketFilter, _ family: IPFamily = .ipv4) throws -> [String] {
    let lines = filter.restoreText(family).split(separator: "\n")
    let own = lines.filter { $0.hasPrefix("-A NPC-GI-") }.dropFirst().dropLast()
    return try own.map { line in
      let words = try #require(line.firstRange(of: " -m comment"))
      return String(line[..<words.lowerBound].dropFirst("-A NPC-GI-000000000000 ".count))
    }
  }

  @Test func `a single prefix stands in the rule, and all addresses need no test`() throws {
    #expect(
      try rules(filter(rule: "{from: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 80}]}"))
        == ["-s 10.1.0.0/16 -p tcp -m tcp --dport 80"])
    let all = try filter(rule: "{from: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 80}]}")
    #expect(try rules(all) == ["-p tcp -m tcp --dport 80"])
    #expect(try rules(all, .ipv6) == [])
    #expect(all.sets == [])
  }

  @Test func `a block with excepts is a set of the prefixes that are left`() throws {
    let filter = try filter(
      rule: "{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/10, 10.128.0.0/9]}}]}")
    #expect(filter.sets == [])
    #expect(try rules(filter) == ["-s 10.64.0.0/10"])
    let two = try self.filter(
      rule: "{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.64.0.0/10]}}]}")
    let set = try #require(two.sets.first)
    #expect(set.content == .prefixes(try prefixes("10.0.0.0/10", "10.128.0.0/9")))
    #expect(set.name.hasPrefix("npc-b4-"))
    #expect(try rules(two) == ["-m set --match-set \(set.name) src"])
  }

  @Test(arguments: IPFamily.allCases)
  func `no set has the prefix of length 0, which ipset refuses`(_ family: IPFamily) throws {
    let halves = IPSet.Content.ranges(
      [AddressRange(family: family, lower: 0, upper: family.highest)])
    #expect(
      halves
        == (family == .ipv4
          ? .prefixes(try prefixes("0.0.0.0/1", "128.0.0.0/1"))
          : .prefixes(try prefixes("::/1", "8000::/1"))))
  }

  @Test func `fifteen ports share a rule, and a range counts twice`() throws {
    func ports(_ count: Int) -> String {
      (1...count).map { "{port: \($0 * 2)}" }.joined(separator: ", ")
    }
    let fifteen = try rules(filter(rule: "{ports: [\(ports(15))]}"))
    #expect(fifteen.count == 1)
    #expect(fifteen[0].hasPrefix("-p tcp -m multiport --dports 2,4,6,"))
    #expect(try rules(filter(rule: "{ports: [\(ports(16))]}")).count == 2)
    let range = "{port: 100, endPort: 200}"
    #expect(try rules(filter(rule: "{ports: [\(ports(13)), \(range)]}")).count == 1)
    #expect(try rules(filter(rule: "{ports: [\(ports(14)), \(range)]}")).count == 2)
  }

  @Test func `a rule says which items of ports it stands for`() throws {
    let filter = try filter(
      rule: "{ports: [{port: 1}, {port: 5, protocol: UDP}, {port: 3}, {port: 2}]}")
    let text = filter.restoreText(.ipv4)
    let comment = "-m comment --comment \"shop/web ingress[0]"
    #expect(text.contains("--dports 1,3,2 \(comment) ports[0,2,3] "))
    #expect(text.contains("--dport 5 \(comment) ports[1] "))
  }

  @Test func `a named port is each pod's own, in a set of addresses with ports`() throws {
    let filter = try filter(rule: "{ports: [{port: http}]}")
    let set = try #require(filter.sets.first { $0.family == .ipv4 })
    #expect(set.content == .endpoints([]))
    #expect(try rules(filter) == ["-m set --match-set \(set.name) dst,dst"])
  }

  @Test func `many pods are told apart by prefixes first`() throws {
    let pods = (0..<250).map { Manifest.pod("p-\($0)", "10.0.\($0 / 100).\($0 % 100 + 1)") }
    let filter = try filter(pods.joined() + Manifest.policy("all", "podSelector: {}"))
    let table = try #require(filter.table(.ipv4))
    let dispatch = table.chains.filter { $0.name.hasPrefix("NPC-IN") }
    #expect(dispatch.count > 1)
    #expect(dispatch.allSatisfy { $0.rules.count <= 64 })
    let evaluator = Evaluator(filter, table)
    let outside = try #require(IPAddress("192.0.2.1"))
    for number in 0..<250 {
      let pod = try #require(IPAddress("10.0.\(number / 100).\(number % 100 + 1)"))
      let packet = Packet(source: outside, destination: pod, layer4: .tcp, destinationPort: 80)
      #expect(!evaluator.evaluate(packet).passed)
    }
    let other = try #require(IPAddress("10.0.0.200"))
    #expect(
      evaluator.evaluate(Packet(source: outside, destination: other, layer4: .tcp)).passed)
  }

  @Test func `failing closed holds in every part of the dispatch`() throws {
    let node = """
      apiVersion: v1
      kind: Node
      metadata: {name: n1}
      spec: {podCIDRs: [10.0.0.0/16]}

      """
    let pods = (0..<200).map { Manifest.pod("p-\($0)", node: "n1", "10.0.0.\($0 + 1)") }
    let filter = try filter(
      node + pods.joined(), for: Scope(node: "n1", failsClosed: true))
    let table = try #require(filter.table(.ipv4))
    let evaluator = Evaluator(filter, table)
    let outside = try #require(IPAddress("192.0.2.1"))
    for (text, passes) in [("10.0.0.7", true), ("10.0.0.250", false), ("10.0.9.9", false)] {
      let address = try #require(IPAddress(text))
      let packet = Packet(source: outside, destination: address, layer4: .udp)
      #expect(evaluator.evaluate(packet).passed == passes, "\(text)")
    }
  }

  @Test(arguments: [
    (ConnectionState.established, true, nil), (.related, true, nil), (.invalid, false, nil),
    (.new, false, Rejection.tcpReset), (.untracked, false, .tcpReset),
  ])
  func `in its middle TCP goes on only where it is tracked`(
    _ state: ConnectionState, _ passes: Bool, _ answer: Rejection?
  ) throws {
    // An allowed port: what counts is how the connection begins.
    let filter = try filter(rule: "{ports: [{port: 80}]}")
    let source = try #require(IPAddress("192.0.2.1"))
    let pod = try #require(IPAddress("10.0.0.1"))
    for (from, to) in [(source, pod), (pod, source)] {
      var packet = Packet(
        source: from, destination: to, layer4: .tcp, destinationPort: 80, state: state,
        startsTCP: false)
      let evaluator = Evaluator(filter, try #require(filter.table(.ipv4)))
      let evaluation = evaluator.evaluate(packet)
      #expect(evaluation.passed == passes)
      #expect(evaluation.rejection == answer)
      packet.startsTCP = true
      packet.state = .new
      #expect(evaluator.evaluate(packet).passed)
    }
  }

  @Test func `denying can answer and can log`() throws {
    let yaml = Manifest.pod("web", "10.0.0.1") + Manifest.policy("web", "podSelector: {}")
    let text = try filter(yaml, IptablesOptions(deny: .reject, denyLog: DenyLogging()))
      .restoreText(.ipv4)
    #expect(
      text.contains(
        """
        -A NPC-DENY-IN -m limit --limit 20/sec --limit-burst 40 -j NFLOG --nflog-prefix \
        "netpolc deny-in " --nflog-group 100
        -A NPC-DENY-IN -p tcp -j REJECT --reject-with tcp-reset
        -A NPC-DENY-IN -j REJECT --reject-with icmp-admin-prohibited

        """))
  }

  @Test func `odd names and places fit`() throws {
    for file in ["we\"ird\\\n.yaml", String(repeating: "é", count: 200) + ".yaml"] {
      let script = try filter(NameTests.oddManifests, file: file).script
      #expect(script.split(separator: "\n").allSatisfy { $0.utf8.count < 1000 })
    }
  }

  private func prefixes(_ texts: String...) throws -> [IPPrefix] {
    try texts.map { try #require(WrittenPrefix($0)).prefix }
  }
}
