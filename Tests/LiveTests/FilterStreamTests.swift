import Apply
import Host
import Iptables
import NetSets
import TestSupport
import Testing

extension Live {
  /// What becomes of packets and of open connections when rules of iptables change.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct FilterStreamTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [Policies.ingress("beta", from: [Policies.pod("alpha")])]

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    @Test(arguments: IptablesVariant.allCases)
    func `replacing and switching let nothing through and lose nothing`(
      _ variant: IptablesVariant
    ) throws {
      let selecting = [Policies.ingress("gamma", from: [Policies.pod("alpha")])]
      let blocking = [
        Policies.ingress(
          "gamma",
          from: ["ipBlock: {cidr: 10.244.1.1/32}", "ipBlock: {cidr: 'fd00:244::1:1/128'}"],
          name: "blocks"),
        Policies.egress("alpha", to: [Policies.pod("gamma"), Policies.pod("stranger")]),
        Policies.egress("beta", to: Policies.outside), Policies.stranger(1),
      ]
      try node.applyFilter(selecting, variant)
      let flood = try laboratory.flood(from: ["alpha", "beta"], to: "gamma", port: 9)
      let thread = try BackgroundThread { flood.step() }
      for number in 1...24 {
        let policies = number % 2 == 0 ? selecting : blocking
        switch number % 8 {
        // Without cutting, which would look at each of thousands of flows.
        case 5: try node.apply(policies, "--established", "keep")
        case 6: try node.applyFilter(policies, variant.other, "--established", "keep")
        default: try node.applyFilter(policies, variant, "--established", "keep")
        }
      }
      thread.stop()
      for count in flood.counts() {
        #expect(count.sent > 500, "\(count)")
        #expect(count.received == (count.from == "alpha" ? count.sent : 0), "\(count)")
      }
    }

    @Test(arguments: IptablesVariant.allCases)
    func `what becomes denied ends at once, and what stays allowed goes on`(
      _ variant: IptablesVariant
    ) throws {
      try node.applyFilter(
        [Policies.ingress("beta", from: [Policies.pod("alpha"), Policies.pod("gamma")])],
        variant)
      let stays = try laboratory.stream(from: "gamma", to: LabReceiver("10.244.1.2", 80))
      let ends = try laboratory.stream(from: "alpha", to: LabReceiver("fd00:244::1:2", 80))
      for stream in [stays, ends] { #expect(try stream.push(from: .client) == .alive) }
      let denied = [Policies.ingress("beta", from: [Policies.pod("gamma")])]
      let kept = try node.applyFilter(denied, variant, "--established", "keep").errors
      #expect(!kept.contains("cut"))
      #expect(try ends.push(from: .client) == .alive)
      #expect(try node.applyFilter(denied, variant).errors.contains("cut 1 open connection"))
      for side in LabSide.allCases {
        #expect(try ends.push(from: side) == .reset)
        #expect(try stays.push(from: side) == .alive)
      }
    }

    @Test func `where nothing was tracked before, what is open goes on`() throws {
      let node = try LiveNode(tracks: false)
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      let backend = ["--backend", "iptables"]
      let first = try node.laboratory.runInNode(try node.applying(policies) + backend).errors
      #expect(first.contains("connections were not tracked here before"), "\(first)")
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
      let second = try node.laboratory.runInNode(try node.applying(policies) + backend).errors
      #expect(second.contains("by 0 sets and 2 chains"), "\(second)")
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
    }
  }
}
