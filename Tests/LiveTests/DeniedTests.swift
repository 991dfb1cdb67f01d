import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// What `status` says of who was denied.
  @Suite struct DeniedTests {
    @Test func `status names who was denied, by pod, with the most first`() throws {
      let node = try LiveNode()
      try node.apply([
        Policies.ingress("beta", from: [Policies.pod("alpha")]), Policies.egress("gamma", to: []),
      ])
      #expect(
        try node.netpolc("status").output.contains("denied     nothing in the last 10 minutes"))
      func attempts(_ from: String, _ to: String, _ port: UInt16, times: Int) throws -> [LabAttempt]
      {
        try (0..<times).map { _ in
          LabAttempt(.udp, from: from, to: try parse(to), port: port)
        }
      }
      let sent =
        try attempts("outside", "10.244.1.2", 53, times: 5)
        + attempts("gamma", "2001:db8::9", 443, times: 1)
        + attempts("alpha", "10.244.1.2", 53, times: 9)
      let arrived = try node.laboratory.run(sent)
      #expect(arrived == Array(repeating: false, count: 6) + Array(repeating: true, count: 9))
      let said = try node.netpolc("status").output
      let lines = said.split(separator: "\n")
      let first = lines.firstIndex { $0.hasPrefix("denied     ") } ?? 0
      #expect(
        lines[first].hasPrefix("denied     203.0.113.9 -> shop/beta (10.244.1.2) 53/UDP   "),
        "\(said)")
      #expect(
        lines[first + 1].hasPrefix(
          "           shop/gamma (fd00:244::1:3) -> 2001:db8::9 443/UDP   "),
        "\(said)")
      #expect(!said.contains("shop/alpha"), "\(said)")
    }
  }
}
