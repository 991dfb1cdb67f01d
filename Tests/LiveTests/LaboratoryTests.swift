import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// The laboratory itself: what it says about rulesets is worth as much as these say about it.
  @Suite struct LaboratoryTests {
    @Test func `without rules everything gets through`() throws {
      let fixture = try LabFixture()
      let laboratory = try fixture.laboratory()
      #expect(try laboratory.surprises(fixture.everyAttempt()) { _ in true } == [])
    }

    @Test func `a host reaches itself, and the node itself`() throws {
      let fixture = try LabFixture()
      let laboratory = try fixture.laboratory()
      let hosts = fixture.hosts + [LabHost(Laboratory.nodeName, fixture.nodeAddresses)]
      let attempts = hosts.flatMap { host in
        host.addresses.flatMap { address in
          Transport.allCases.map { LabAttempt($0, from: host.name, to: address, port: 80) }
            + [LabAttempt(echoFrom: host.name, to: address)]
        }
      }
      #expect(try laboratory.surprises(attempts) { _ in true } == [])
    }

    @Test func `exactly what a ruleset drops is lost`() throws {
      let fixture = try LabFixture()
      let laboratory = try fixture.laboratory()
      try laboratory.load(ruleset: LaboratoryTests.dropping)
      let gamma = try [parse("10.244.1.3"), parse("fd00:244::1:3")]
      let attempts = fixture.everyAttempt()
      let surprises = try laboratory.surprises(attempts) { attempt in
        // The chain hooks forward, so the node's own packets do not meet it.
        if attempt.from == Laboratory.nodeName || fixture.nodeAddresses.contains(attempt.to) {
          return true
        }
        if attempt.isTransport(.tcp, 443) || attempt.isTransport(.udp, 80) { return false }
        if attempt.isTransport(.sctp, 80) { return false }
        return !(attempt.from == "alpha" && gamma.contains(attempt.to))
      }
      #expect(surprises == [])
      let listing = try laboratory.list(["table", "inet", "lab"])
      #expect(listing.contains("th dport 443 drop") || listing.contains("tcp dport 443 drop"))

      try laboratory.flushRuleset()
      #expect(try laboratory.surprises(attempts) { _ in true } == [])
    }

    @Test(arguments: [
      "reject", "reject with tcp reset", "reject with icmpx type admin-prohibited",
    ])
    func `a rejected connection is no connection`(_ verdict: String) throws {
      let fixture = try LabFixture()
      let laboratory = try fixture.laboratory()
      try laboratory.load(
        ruleset: """
          table inet lab {
            chain forward {
              type filter hook forward priority filter; policy accept;
              tcp dport 80 \(verdict)
            }
          }
          """)
      let attempts = fixture.everyAttempt()
      let surprises = try laboratory.surprises(attempts) { attempt in
        attempt.from == Laboratory.nodeName || fixture.nodeAddresses.contains(attempt.to)
          || !attempt.isTransport(.tcp, 80)
      }
      #expect(surprises == [])
    }

    @Test func `what the node's own chains drop is lost`() throws {
      let fixture = try LabFixture()
      let laboratory = try fixture.laboratory()
      try laboratory.load(
        ruleset: """
          table inet lab {
            chain output {
              type filter hook output priority filter; policy accept;
              meta l4proto { tcp, udp, sctp } th dport 80 drop
            }
            chain input {
              type filter hook input priority filter; policy accept;
              meta l4proto { tcp, udp, sctp } th dport 443 drop
            }
          }
          """)
      let surprises = try laboratory.surprises(fixture.everyAttempt()) { attempt in
        guard case .transport(_, let port) = attempt.probe else { return true }
        if attempt.from == Laboratory.nodeName { return port != 80 }
        return !fixture.nodeAddresses.contains(attempt.to) || port != 443
      }
      #expect(surprises == [])
    }

    @Test func `a service's address leads to its pod`() throws {
      let fixture = try LabFixture()
      let laboratory = try fixture.laboratory()
      try laboratory.load(ruleset: LabFixture.service)
      let attempts = try LabFixture.serviceAttempts()
      let surprises = try laboratory.surprises(attempts) { attempt in
        !Transport.allCases.contains { attempt.isTransport($0, 81) }
      }
      #expect(surprises == [])
    }

    @Test func `a host sends from the address it is told to`() throws {
      let addresses = try [parse("10.0.0.1"), parse("10.0.0.2")]
      let laboratory = try Laboratory(
        hosts: [LabHost("two", addresses), LabHost("one", [try parse("10.0.0.3")])],
        nodeAddresses: [])
      try laboratory.load(
        ruleset: """
          table ip lab {
            chain forward {
              type filter hook forward priority filter; policy accept;
              ip saddr 10.0.0.2 drop
            }
          }
          """)
      let target = try parse("10.0.0.3")
      let attempts = addresses.flatMap { source in
        Transport.allCases.map {
          LabAttempt($0, from: "two", fromAddress: source, to: target, port: 80)
        } + [LabAttempt(echoFrom: "two", fromAddress: source, to: target)]
      }
      #expect(try laboratory.surprises(attempts) { $0.fromAddress == addresses[0] } == [])
      #expect(throws: LaboratoryFailure.self) {
        try laboratory.run([LabAttempt(echoFrom: "node", to: target)])
      }
      #expect(throws: LaboratoryFailure.self) {
        try laboratory.run([LabAttempt(echoFrom: "one", fromAddress: addresses[0], to: target)])
      }
    }

    @Test func `an address nobody has is not reached`() throws {
      let laboratory = try LabFixture().laboratory()
      let nobody = try [parse("10.244.9.9"), parse("fd00:244::9:9")]
      let attempts = nobody.flatMap { address in
        ["alpha", Laboratory.nodeName].flatMap { from in
          Transport.allCases.map { LabAttempt($0, from: from, to: address, port: 80) }
            + [LabAttempt(echoFrom: from, to: address)]
        }
      }
      #expect(try laboratory.surprises(attempts) { _ in false } == [])
    }

    @Test func `a ruleset that nft refuses is an error that says why`() throws {
      let laboratory = try LabFixture().laboratory()
      let failure = #expect(throws: LaboratoryFailure.self) {
        try laboratory.load(ruleset: "table inet lab { chain c { no such rule } }\n")
      }
      #expect(failure?.description.contains("syntax error") == true)
    }

    @Test func `nothing remains afterwards`() throws {
      let before = try links()
      var namespaces: [Remains] = []
      do {
        let fixture = try LabFixture()
        let laboratory = try fixture.laboratory()
        namespaces = laboratory.namespaces.map { Remains($0) }
        #expect(namespaces.count == fixture.hosts.count + 1)
        #expect(try links() == before)
        let inside = try laboratory.runInNode(["ip", "-br", "link"]).output
        #expect(inside.contains(laboratory.nodeInterface(of: "alpha") ?? "no name"))
      }
      // A namespace is held by its descriptor, and that by its value, alone.
      #expect(namespaces.allSatisfy { $0.namespace == nil })
      #expect(try links() == before)
    }

    private struct Remains {
      weak var namespace: NetworkNamespace?

      init(_ namespace: NetworkNamespace) { self.namespace = namespace }
    }

    private func links() throws -> String { try runProcess(["ip", "-br", "link"]).output }

    private static let dropping = """
      table inet lab {
        chain forward {
          type filter hook forward priority filter; policy accept;
          ct state established,related accept
          ct state invalid drop
          tcp dport 443 drop
          udp dport 80 drop
          sctp dport 80 drop
          ip saddr 10.244.1.1 ip daddr 10.244.1.3 drop
          ip6 saddr fd00:244::1:1 ip6 daddr fd00:244::1:3 drop
        }
      }
      """
  }
}
