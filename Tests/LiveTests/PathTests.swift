import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// The ways that packets take through a node, other than the plain one.
  @Suite struct PathTests {
    private static let beta = ["10.244.1.2", "fd00:244::1:2"]
    private let policies = [
      Policies.ingress("beta", from: [Policies.pod("alpha")]),
      // Only one port.
      """
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: dns, namespace: shop}
      spec:
        podSelector: {matchLabels: {app: gamma}}
        ingress: [{from: [{podSelector: {matchLabels: {app: alpha}}}], ports: [{port: 53, protocol: UDP}]}]
      """,
    ]

    private func attempts(from: String) throws -> [LabAttempt] {
      try Self.beta.flatMap { text in
        let address = try parse(text)
        return Transport.allCases.map { LabAttempt($0, from: from, to: address, port: 80) }
          + [LabAttempt(echoFrom: from, to: address)]
      }
    }

    @Test(
      .enabled(
        if: Laboratory.bridgingUnavailable == nil,
        "\(Laboratory.bridgingUnavailable ?? "It can run.")"))
    func `what is switched between pods is policed, and cut`() throws {
      let node = try LiveNode(podAttachment: .bridged)
      try node.apply(policies)
      let laboratory = node.laboratory
      let all = try ["alpha", "gamma", "outside", Laboratory.nodeName].flatMap(attempts)
      let surprises = try laboratory.surprises(all) {
        $0.from == "alpha" || $0.from == Laboratory.nodeName
      }
      #expect(surprises == [])
      let stream = try laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 81))
      let datagrams = try laboratory.datagrams(from: "alpha", to: LabReceiver("10.244.1.2", 54))
      #expect(try stream.push(from: .server) == .alive)
      #expect(try datagrams.push(from: .client))
      try node.apply([Policies.ingress("beta", from: [Policies.pod("gamma")])])
      for side in LabSide.allCases { #expect(try stream.push(from: side) != .alive) }
      #expect(try !datagrams.push(from: .client))
    }

    @Test(arguments: ["10.244.1.3", "fd00:244::1:3"])
    func `a datagram in fragments is decided as a whole`(_ gamma: String) throws {
      let node = try LiveNode()
      try node.apply(policies)
      let cases: [(from: String, port: UInt16, isAllowed: Bool)] = [
        ("alpha", 53, true), ("alpha", 54, false), ("beta", 53, false),
        (Laboratory.nodeName, 54, true),
      ]
      for (from, port, isAllowed) in cases {
        let datagrams = try node.laboratory.datagrams(from: from, to: LabReceiver(gamma, port))
        for size in [4, 4000, 20_000] {
          #expect(
            try datagrams.push(from: .client, size: size) == isAllowed, "\(from) \(port) \(size)")
        }
      }
    }

    @Test func `the node reaches its pods, whatever policies say`() throws {
      let node = try LiveNode()
      try node.apply(
        ["alpha", "beta", "gamma"].flatMap {
          [Policies.ingress($0, from: []), Policies.egress($0, to: [])]
        }, "--host-egress", "enforce")
      let all = try attempts(from: Laboratory.nodeName) + attempts(from: "outside")
      #expect(try node.laboratory.surprises(all) { $0.from == Laboratory.nodeName } == [])
    }
  }
}
