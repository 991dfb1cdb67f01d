import NetSets
import TestSupport
import Testing

extension Live {
  /// What this kernel's conntrack makes of SCTP, which rulesets rely on.
  @Suite struct SctpTests {
    @Test func `an INIT is new, and never invalid`() throws {
      let laboratory = try LabFixture().laboratory()
      try laboratory.load(
        ruleset: """
          table inet lab {
            chain forward {
              type filter hook forward priority filter; policy drop;
              ct state new meta l4proto sctp accept
            }
          }
          """)
      let attempts = try ["10.244.1.2", "fd00:244::1:2"].flatMap { text in
        let address = try parse(text)
        return Transport.allCases.map { LabAttempt($0, from: "alpha", to: address, port: 80) }
      }
      let surprises = try laboratory.surprises(attempts) { $0.isTransport(.sctp, 80) }
      #expect(surprises == [])
    }
  }
}
