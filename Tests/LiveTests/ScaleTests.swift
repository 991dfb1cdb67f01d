import NetSets
import TestSupport
import Testing

extension Live {
  /// A laboratory as large as live tests of generated policies want it.
  @Suite struct ScaleTests {
    /// 12 hosts, every ordered pair, three protocols on two ports, two families: 1,584 attempts, of
    /// which a random third is dropped.
    @Test func `twelve hosts ask each other everything`() throws {
      let hosts = try (1...12).map {
        LabHost("pod\($0)", [try parse("10.244.0.\($0)"), try parse("fd00:244::\($0)")])
      }
      let attempts = hosts.flatMap { from in
        hosts.filter { $0 != from }.flatMap { to in
          to.addresses.flatMap { address in
            Transport.allCases.flatMap { transport in
              [UInt16(80), 8080].map {
                LabAttempt(transport, from: from.name, to: address, port: $0)
              }
            }
          }
        }
      }
      #expect(attempts.count == 1584)
      var generator = SplitMix64(seed: 1)
      let dropped = Set(attempts.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 })
      let addresses = Dictionary(uniqueKeysWithValues: hosts.map { ($0.name, $0.addresses) })
      let rules = dropped.compactMap { attempt -> String? in
        guard case .transport(let transport, let port) = attempt.probe else { return nil }
        let from = addresses[attempt.from]?.first { $0.family == attempt.to.family }
        let family = attempt.to.family == .ipv4 ? "ip" : "ip6"
        return """
          \(family) saddr \(from?.description ?? "nobody") \(family) daddr \(attempt.to) \
          \(transport.nftName) dport \(port) drop
          """
      }
      let laboratory = try Laboratory(
        hosts: hosts, nodeAddresses: [try parse("192.0.2.1"), try parse("2001:db8:1::1")])
      try laboratory.load(
        ruleset: """
          table inet lab {
            chain forward {
              type filter hook forward priority filter; policy accept;
              ct state established,related accept
              ct state invalid drop
              \(rules.joined(separator: "\n    "))
            }
          }
          """)
      let start = ContinuousClock.now
      #expect(try laboratory.surprises(attempts) { !dropped.contains($0) } == [])
      #expect(ContinuousClock.now - start < .seconds(30))
    }
  }
}
