import Glibc
import Host
import Nftables
import TestSupport
import Testing

extension Live {
  /// Applies that are killed, or that have company.
  @Suite struct InterruptionTests {
    private let node: LiveNode
    private let rulesets = [
      [Policies.ingress("beta", from: [Policies.pod("alpha")])],
      [
        Policies.ingress("gamma", from: [Policies.pod("beta")] + Policies.outside),
        Policies.egress("alpha", to: [Policies.pod("gamma")], name: "beta-ingress"),
        Policies.stranger(1), Policies.stranger(2),
      ],
    ]

    init() throws { node = try LiveNode() }

    /// Between transactions there may be chains that nothing leads to yet, or any more.
    @Test func `an apply that is killed leaves the old ruleset or the new`() throws {
      var generator = SplitMix64(seed: 20)
      let start = ContinuousClock.now
      let known = try rulesets.map { policies in
        try node.apply(policies)
        return try node.installed()
      }
      #expect(try node.holds(known[1]) && !node.holds(known[0]))
      // From before its first step to after its last, however fast the machine is.
      let longest = max(20, (ContinuousClock.now - start) / 2 / .milliseconds(1))
      let commands = try rulesets.map { try node.applying($0) }
      var wasNew = 0
      for number in 0..<200 {
        let before = try node.installed()
        let wanted = before.ways == known[0].ways ? 1 : 0
        let apply = try node.laboratory.startInNode(
          commands[wanted], output: "\(node.stateDirectory)-output")
        usleep(UInt32.random(in: 0...UInt32(longest * 1000), using: &generator))
        apply.send(signal: SIGKILL)
        _ = apply.wait()
        let after = try node.installed()
        let isNew = after.ways == known[wanted].ways
        #expect(isNew || after.ways == before.ways, "a mix after kill \(number)")
        if isNew { wasNew += 1 }
        guard number % 20 == 19 else { continue }
        // Whatever the record missed, the next apply of the same has it right again.
        let held = isNew ? wanted : 1 - wanted
        try node.apply(rulesets[held])
        try node.cleanGeneration()
        let other = 1 - held
        try node.apply(rulesets[other])
        try node.cleanGeneration()
        try node.netpolc("rollback")
        #expect(try node.holds(known[held]), "rolled back to what was there before")
      }
      #expect((1...199).contains(wasNew), "killed too early or too late each time: \(wasNew)")
      let left = try #require(node.scratch).names(in: "state")
      #expect(!left.contains { $0.contains(".tmp.") }, "\(left)")
      #expect(left.count { $0.hasPrefix("gen-") } <= 10, "\(left)")
    }

    @Test func `somebody who writes all the time does not keep it from applying`() throws {
      try node.laboratory.load(
        ruleset: "table inet other { set s { type ipv4_addr; }\n counter c { }\n }\n")
      let script = """
        while :; do
          echo 'add element inet other s { 10.0.0.1 }'
          echo 'delete element inet other s { 10.0.0.1 }'
        done | nft -i
        """
      let loops = [
        script, "while :; do nft add chain inet other d; nft delete chain inet other d; done",
      ]
      let before = try node.kernelGeneration()
      let writers = try loops.enumerated().map {
        try node.laboratory.startInNode(
          ["setsid", "sh", "-c", $0.element], output: "\(node.stateDirectory)-writer\($0.offset)")
      }
      defer { for writer in writers { kill(-writer.id, SIGKILL) } }
      for number in 0..<12 { try node.apply(rulesets[number % 2]) }
      try node.netpolc("rollback")
      let after = try node.kernelGeneration()
      #expect(after - before > 100, "the writers did write: \(before) to \(after)")
      for writer in writers {
        kill(-writer.id, SIGKILL)
        _ = writer.wait()
      }
      try node.cleanGeneration()
    }
  }
}
