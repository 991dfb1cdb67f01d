import Compiler
import Diagnostics
import NetSets
import Nftables
import PolicyModel
import Testing

/// Which protocols and ports a rule means by numbers.
struct PortTests {
  private func ingress(_ ports: String) throws -> PolicyGraph {
    try graph(policy("podSelector: {}\ningress: [{ports: [\(ports)]}]"))
  }

  /// The graph's decision, once it is known that its ruleset says the same.
  private func allows(
    _ graph: PolicyGraph, _ transport: Transport, _ port: UInt16,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> Bool {
    let allowed = try graph.allows("y/a", "x/a", transport, port)
    let evaluation = try graph.evaluation("y/a", "x/a", transport.ipProtocol, port)
    #expect(evaluation.accepted == allowed, sourceLocation: sourceLocation)
    return allowed
  }

  @Test func `E61 ports that no container declares are ports as well`() throws {
    let graph = try ingress("{port: 7981}")
    #expect(try allows(graph, .tcp, 7981))
    #expect(try !allows(graph, .tcp, 80))
  }

  @Test func `E62 SCTP is neither TCP nor everything`() throws {
    let graph = try ingress("{protocol: SCTP, port: 80}")
    #expect(try allows(graph, .sctp, 80))
    #expect(try !allows(graph, .sctp, 81))
    #expect(try !allows(graph, .tcp, 80))
    #expect(try !allows(graph, .udp, 80))
    let every = try ingress("{protocol: SCTP}")
    #expect(try allows(every, .sctp, 9999))
    #expect(try !allows(every, .tcp, 9999))
  }

  @Test func `E63 UDP is not TCP, nor TCP UDP`() throws {
    let udp = try ingress("{protocol: UDP, port: 53}")
    #expect(try allows(udp, .udp, 53))
    #expect(try !allows(udp, .tcp, 53))
    let tcp = try ingress("{protocol: TCP, port: 53}")
    #expect(try allows(tcp, .tcp, 53))
    #expect(try !allows(tcp, .udp, 53))
    let both = try ingress("{protocol: UDP, port: 53}, {port: 53}")
    #expect(try allows(both, .udp, 53) && allows(both, .tcp, 53))
  }

  @Test func `E64 the port of a rule is that of the destination`() throws {
    // x/a may be called at 80, and from no port may it call.
    let graph = try graph(
      policy("podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{ports: [{port: 80}]}]"))
    #expect(try graph.allows("y/a", "x/a", .tcp, 80))
    #expect(try !graph.allows("x/a", "y/a", .tcp, 80))
    let matches = try graph.table(.ipv4).chains.flatMap(\.rules).flatMap(\.matches)
    #expect(matches.contains(.destinationPort(80...80)))
    // What it answers is part of the connection that it was called by.
    #expect(try graph.evaluation("x/a", "y/a", .tcp, 40000, state: .established).accepted)
    #expect(try !graph.evaluation("x/a", "y/a", .tcp, 40000).accepted)
  }

  @Test func `E65 ports and ranges that overlap or touch are their union`() throws {
    let graph = try ingress(
      "{port: 80, endPort: 90}, {port: 85, endPort: 95}, {port: 96}, {port: 80}, {port: 98}")
    let allowed = try (78...100).filter { try allows(graph, .tcp, $0) }
    #expect(allowed == Array(80...96) + [98])
  }

  @Test func `E65 a rule may have any number of ports`() throws {
    let numbers = (0..<40).map { UInt16(8000 + $0 * 3) }
    let ports = numbers.map { "{port: \($0)}" } + ["{protocol: UDP, port: 9000, endPort: 9999}"]
    let peers = (0..<20).map { "{ipBlock: {cidr: 10.0.\($0).0/24}}" }.joined(separator: ", ")
    let graph = try graph(
      policy(
        "podSelector: {}\ningress:\n- ports: [\(ports.joined(separator: ", "))]\n  from: [\(peers)]"
      ))
    for port in (7999...8121) as ClosedRange<UInt16> {
      let evaluation = try graph.evaluation("y/a", "x/a", .tcp, port)
      #expect(evaluation.accepted == numbers.contains(port))
      #expect(
        try graph.allows("10.0.2.1", "10.0.1.1", .tcp, port) == numbers.contains(port))
    }
    #expect(try graph.evaluation("y/a", "x/a", .udp, 9500).accepted)
    #expect(try !graph.evaluation("8.8.8.8", "x/a", .udp, 9500).accepted)
  }

  @Test func `E66 rules without ports mean ICMP as well, rules with ports never do`() throws {
    let echo = Connection.Layer4.icmp(type: 8)
    let any = try graph(policy("podSelector: {}\ningress: [{from: [{podSelector: {}}]}]"))
    #expect(try any.allows("x/b", "x/a", echo))
    #expect(try !any.allows("y/a", "x/a", echo))
    #expect(try any.evaluation("x/b", "x/a", .icmp, icmpType: 8).accepted)
    #expect(try !any.evaluation("y/a", "x/a", .icmp, icmpType: 8).accepted)
    for ports in ["{}", "{port: 80}", "{port: 1, endPort: 65535}", "{port: serve-80-tcp}"] {
      let graph = try ingress(ports)
      #expect(try !graph.allows("y/a", "x/a", echo))
      // Where TCP has its port, ICMP has its checksum, which may be 80 too.
      #expect(try !graph.evaluation("y/a", "x/a", .icmp, 80, icmpType: 8).accepted)
    }
    // Errors about a connection that is tracked belong to it.
    let error = try ingress("{port: 80}")
      .evaluation("y/a", "x/a", .icmp, icmpType: 3, state: .related)
    #expect(error.accepted)
  }

  @Test func `E67 neighbour discovery and multicast reports always pass`() throws {
    let graph = try graph(policy("podSelector: {}\npolicyTypes: [Ingress, Egress]"))
    for type in [130, 131, 132, 133, 134, 135, 136, 137, 143] as [UInt8] {
      #expect(try graph.allows("fd00:2::1", "fd00:1::1", .icmp(type: type)))
      #expect(
        try graph.evaluation("fd00:2::1", "fd00:1::1", .icmpv6, icmpType: type).accepted)
    }
    for type in [1, 128, 129, 138, 142, 144] as [UInt8] {
      #expect(try !graph.allows("fd00:2::1", "fd00:1::1", .icmp(type: type)))
      #expect(
        try !graph.evaluation("fd00:2::1", "fd00:1::1", .icmpv6, icmpType: type).accepted)
    }
    // The numbers mean nothing in IPv4.
    #expect(try !graph.allows("10.0.2.1", "10.0.1.1", .icmp(type: 135)))
    #expect(try !graph.evaluation("y/a", "x/a", .icmp, icmpType: 135).accepted)
  }
}
