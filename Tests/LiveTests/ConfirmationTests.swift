import Glibc
import Host
import Nftables
import TestSupport
import Testing

extension Live {
  /// Changes that must prove good to stay.
  @Suite struct ConfirmationTests {
    private let node: LiveNode
    private let before: Ruleset
    private let good = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private let other = [Policies.ingress("beta", from: [Policies.pod("gamma")])]

    init() throws {
      node = try LiveNode()
      try node.apply(good)
      before = try node.installed()
    }

    /// Whether all is as it was before, and nothing waits for confirmation.
    private func isBack(to generation: String = "1") throws -> Bool {
      try node.netpolc("status", expecting: nil).status == 0 && node.holds(before)
        && node.cleanGeneration() == generation
    }

    private func startWaiting(_ time: String) throws -> BackgroundProcess {
      let apply = try node.startApply(other, "--confirm-within", time)
      #expect(apply.waitForOutput("Keep it?"), "\(apply.output)")
      #expect(try !node.holds(before))
      return apply
    }

    @Test func `what nobody confirms is rolled back`() throws {
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      let apply = try node.apply(other, "--confirm-within", "1s", expecting: 4)
      #expect(apply.errors.contains("not confirmed within 1 s: rolled back to generation 1"))
      #expect(try isBack())
      #expect(try stream.push(from: .client) == .reset, "what was cut stays cut")
    }

    @Test func `what is confirmed by another process stays`() throws {
      let apply = try startWaiting("20s")
      #expect(try node.netpolc("confirm").errors == "confirmed generation 2\n")
      #expect(apply.wait() == 0)
      #expect(apply.output.contains("kept generation 2"))
      #expect(try node.cleanGeneration() == "2")
    }

    @Test(arguments: [SIGINT, SIGHUP, SIGTERM])
    func `who interrupts it has it rolled back at once`(_ signal: Int32) throws {
      let apply = try startWaiting("20s")
      apply.send(signal: signal)
      #expect(apply.wait() == 4)
      #expect(apply.output.contains("rolled back to generation 1"), "\(apply.output)")
      #expect(try isBack())
    }

    @Test func `a signal in the first moment is not lost`() throws {
      // While it looks for connections to cut.
      let apply = try node.startApply(other, "--confirm-within", "20s")
      #expect(apply.waitForOutput("-> 2"))
      apply.send(signal: SIGINT)
      #expect(apply.wait() == 4, "\(apply.output)")
      #expect(try isBack())
    }

    @Test func `when it is killed, another process rolls back`() throws {
      let apply = try startWaiting("1s")
      apply.send(signal: SIGKILL)
      #expect(apply.wait() == 128 + SIGKILL)
      #expect(try node.netpolc("status", expecting: 1).output.contains("waits for netpolc confirm"))
      #expect(try eventually { try node.holds(before) })
      #expect(try eventually { try isBack() })
    }

    @Test func `when it is killed and another applies, that stays`() throws {
      let apply = try startWaiting("1s")
      apply.send(signal: SIGKILL)
      _ = apply.wait()
      let third = good + [Policies.egress("alpha", to: [])]
      try node.apply(third)
      let installed = try node.installed()
      sleepMilliseconds(4000)
      #expect(try node.holds(installed))
      #expect(try node.cleanGeneration() == "3")
    }

    @Test func `it rolls back to what was there, not to what was given up before`() throws {
      try node.apply(other)
      try node.netpolc("rollback")
      let apply = try node.startApply(
        good + [Policies.ingress("gamma", from: [])], "--confirm-within", "1s")
      #expect(apply.waitForOutput("Keep it?"), "\(apply.output)")
      apply.send(signal: SIGKILL)
      _ = apply.wait()
      #expect(try eventually { try node.netpolc("status", expecting: nil).status == 0 })
      #expect(try node.holds(before))
      try node.apply(good + [Policies.egress("alpha", to: [])])
      try node.netpolc("rollback")
      #expect(try node.holds(before))
    }

    @Test func `a probe decides`() throws {
      // A pod listens; its policy does not keep the node from it.
      let stream = try node.laboratory.stream(
        from: Laboratory.nodeName, to: LabReceiver("10.244.1.2", 80))
      let failed = try node.apply(
        other, "--probe", "tcp:10.244.1.2:81", "--yes", expecting: 4)
      #expect(failed.errors.contains("a probe failed: rolled back to generation 1"))
      #expect(try isBack())
      let kept = try node.apply(
        other, "--confirm-within", "10s", "--probe", "tcp:10.244.1.2:80", "--yes")
      #expect(kept.errors.contains("probe tcp 10.244.1.2:80   ok\n"))
      #expect(kept.errors.hasSuffix("kept generation 3\n"))
      #expect(try node.cleanGeneration() == "3")
      #expect(try stream.push(from: .client) == .alive)
    }
  }
}
