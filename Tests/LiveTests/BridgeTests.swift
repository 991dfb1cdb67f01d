import NetSets
import TestSupport
import Testing

/// Pods behind one bridge: their packets to each other are switched, not routed, and meet the
/// forward hook of IP only because br_netfilter takes them there.
@Suite(
  .serialized,
  .enabled(
    if: Laboratory.bridgingUnavailable == nil, "\(Laboratory.bridgingUnavailable ?? "It can run.")")
)
struct BridgeTests {
  @Test func `without rules everything gets through`() throws {
    let fixture = try LabFixture(podAttachment: .bridged)
    let laboratory = try fixture.laboratory()
    #expect(try laboratory.surprises(fixture.everyAttempt()) { _ in true } == [])
  }

  @Test func `the forward hook sees what is switched`() throws {
    let fixture = try LabFixture(podAttachment: .bridged)
    let laboratory = try fixture.laboratory()
    try laboratory.load(
      ruleset: """
        table inet lab {
          chain forward {
            type filter hook forward priority filter; policy accept;
            ct state established,related accept
            ct state invalid drop
            ip saddr 10.244.1.1 ip daddr 10.244.1.3 drop
            ip6 saddr fd00:244::1:1 ip6 daddr fd00:244::1:3 drop
            meta l4proto { tcp, udp, sctp } th dport 443 drop
          }
        }
        """)
    let gamma = try [parse("10.244.1.3"), parse("fd00:244::1:3")]
    let surprises = try laboratory.surprises(fixture.everyAttempt()) { attempt in
      if attempt.from == Laboratory.nodeName || fixture.nodeAddresses.contains(attempt.to) {
        return true
      }
      if Transport.allCases.contains(where: { attempt.isTransport($0, 443) }) { return false }
      return !(attempt.from == "alpha" && gamma.contains(attempt.to))
    }
    #expect(surprises == [])
  }
}
