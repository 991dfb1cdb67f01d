import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// Pods behind one bridge: their packets to each other are switched, not routed, and meet the
  /// forward hook of IP only because br_netfilter takes them there.
  @Suite(
    .enabled(
      if: Laboratory.bridgingUnavailable == nil,
      "\(Laboratory.bridgingUnavailable ?? "It can run.")")
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

    @Test func `a service's address leads to its pod, and the answer back`() throws {
      let laboratory = try LabFixture(podAttachment: .bridged).laboratory()
      try laboratory.load(ruleset: LabFixture.service)
      let attempts = try LabFixture.serviceAttempts()
      let surprises = try laboratory.surprises(attempts) { attempt in
        !Transport.allCases.contains { attempt.isTransport($0, 81) }
      }
      #expect(surprises == [])
    }

    @Test func `without br_netfilter the forward hook sees nothing of it`() throws {
      let laboratory = try LabFixture(podAttachment: .bridged).laboratory()
      try laboratory.load(
        ruleset: """
          table inet lab {
            chain forward { type filter hook forward priority filter; policy drop; }
          }
          """)
      let attempts = try ["10.244.1.2", "fd00:244::1:2"].flatMap { text in
        let address = try parse(text)
        return Transport.allCases.map { LabAttempt($0, from: "alpha", to: address, port: 80) }
      }
      #expect(try laboratory.surprises(attempts) { _ in false } == [])
      for kind in ["iptables", "ip6tables"] {
        let path = "/proc/sys/net/bridge/bridge-nf-call-\(kind)"
        #expect(try laboratory.runInNode(["sh", "-c", "echo 0 > \(path)"]).succeeded)
      }
      #expect(try laboratory.surprises(attempts) { _ in true } == [])
    }
  }
}
