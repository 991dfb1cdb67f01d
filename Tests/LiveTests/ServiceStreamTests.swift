import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// Connections whose destination is translated, and those that are none of our business.
  @Suite struct ServiceStreamTests {
    private let node = try? LiveNode()

    private func arrange(_ policies: [String]) throws -> (LiveNode, Laboratory) {
      let node = try #require(node)
      try node.laboratory.load(ruleset: LabFixture.service)
      try node.apply(policies)
      return (node, node.laboratory)
    }

    @Test(arguments: [("10.96.0.10", "10.244.1.2"), ("fd00:96::10", "fd00:244::1:2")])
    func `of two that reach a pod by its service, the denied one is cut`(
      _ service: String, _ pod: String
    ) throws {
      let (node, laboratory) = try arrange([
        Policies.ingress("beta", from: [Policies.pod("alpha"), Policies.pod("gamma")])
      ])
      let streams = try ["alpha", "gamma"].map {
        let stream = try laboratory.stream(
          from: $0, to: LabReceiver(service, 80), arrivingAt: LabReceiver(pod, 8080))
        stream.stopListening()
        return stream
      }
      for stream in streams { #expect(try stream.push(from: .server) == .alive) }
      let kept = try node.entry(from: streams[1].client)
      let said = try node.apply([Policies.ingress("beta", from: [Policies.pod("gamma")])])
      #expect(said.errors.contains("cut 1 open connection"))
      for side in LabSide.allCases {
        #expect(try streams[0].push(from: side) != .alive)
        #expect(try streams[1].push(from: side) == .alive)
      }
      #expect(try node.entry(from: streams[1].client) == kept)
    }

    @Test func `datagrams by a service that become denied end`() throws {
      let (node, laboratory) = try arrange([
        Policies.ingress("beta", from: [Policies.pod("alpha")])
      ])
      let datagrams = try laboratory.datagrams(
        from: "alpha", to: LabReceiver("10.96.0.10", 80),
        arrivingAt: LabReceiver("10.244.1.2", 8080))
      #expect(try datagrams.push(from: .client))
      #expect(try datagrams.push(from: .server))
      try node.apply([Policies.ingress("beta", from: [])])
      #expect(try !datagrams.push(from: .client))
    }

    @Test func `what no policy selects is not touched`() throws {
      let (node, laboratory) = try arrange([])
      // From outside to the node, and between a pod and the outside.
      let streams = try [
        laboratory.stream(from: "outside", to: LabReceiver("192.0.2.1", 80)),
        laboratory.stream(from: "gamma", to: LabReceiver("203.0.113.9", 81)),
        laboratory.stream(from: "outside", to: LabReceiver("fd00:244::1:3", 80)),
      ]
      let said = try node.apply([
        Policies.ingress("beta", from: []), Policies.egress("alpha", to: []),
      ])
      #expect(!said.errors.contains("cut"))
      for stream in streams {
        for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
      }
    }

    @Test func `a pod that reaches itself by its service is let`() throws {
      let (node, laboratory) = try arrange([])
      let target = try LabReceiver("10.96.0.10", 80)
      let attempt = LabAttempt(
        .udp, from: "beta", to: target.address, port: 80,
        receivers: [try LabReceiver("10.244.1.2", 8080)])
      try laboratory.load(
        ruleset: """
          table ip hairpin {
            chain postrouting {
              type nat hook postrouting priority srcnat; policy accept;
              ip saddr 10.244.1.2 ip daddr 10.244.1.2 masquerade
            }
          }
          """)
      #expect(try laboratory.run([attempt]) == [true])
      let me = Policies.pod("beta")
      let cases: [(policies: [String], isAllowed: Bool)] = [
        ([Policies.ingress("beta", from: [me])], true),
        ([Policies.ingress("beta", from: [])], false),
        ([Policies.egress("beta", to: [me])], true),
        ([Policies.egress("beta", to: [])], false),
        ([Policies.ingress("beta", from: [me]), Policies.egress("beta", to: [])], false),
        ([Policies.ingress("beta", from: []), Policies.egress("beta", to: [me])], false),
        ([Policies.ingress("beta", from: [me]), Policies.egress("beta", to: [me])], true),
      ]
      for (policies, isAllowed) in cases {
        try node.apply(policies)
        #expect(try laboratory.run([attempt]) == [isAllowed], "\(policies)")
      }
    }
  }
}
