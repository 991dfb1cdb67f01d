import Glibc
import NetSets
import TestSupport
import Testing

extension Live {
  /// `netpolc trace`, with real packets.
  @Suite struct TraceTests {
    private let node: LiveNode
    private let laboratory: Laboratory

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
      try node.apply([Policies.ingress("beta", from: [Policies.pod("alpha")])])
    }

    /// Starts it, sends a packet, and gives what it said and how it ended.
    private func trace(
      _ arguments: String..., sending attempts: LabAttempt...
    ) throws -> (said: String, status: Int32) {
      let trace = try laboratory.startInNode(
        [Program.path, "trace"] + arguments + ["--packets", "1", "--for", "20s"],
        output: "\(node.stateDirectory)-trace")
      #expect(trace.waitForOutput("listening"))
      _ = try laboratory.run(attempts)
      let status = trace.wait()
      return (trace.output, status)
    }

    private func attempt(
      _ transport: Transport, from: String, to: String, port: UInt16 = 80
    ) throws -> LabAttempt {
      LabAttempt(transport, from: from, to: try parse(to), port: port)
    }

    @Test(arguments: [("10.244.1.3", "10.244.1.2"), ("fd00:244::1:3", "fd00:244::1:2")])
    func `a denied packet names the policy and the line that isolates`(
      _ from: String, _ to: String
    ) throws {
      let (said, status) = try trace(
        from, to, "80", sending: try attempt(.tcp, from: "gamma", to: to))
      #expect(status == 1)
      #expect(said.contains(" TCP   dropped by policy\n"), "\(said)")
      #expect(said.contains("isolated by shop/beta-ingress "), "\(said)")
      #expect(said.contains(".yaml:"), "\(said)")
    }

    @Test func `an allowed packet names the rule that let it pass`() throws {
      let (said, status) = try trace(
        "10.244.1.1", "10.244.1.2", "53/UDP",
        sending: try attempt(.udp, from: "alpha", to: "10.244.1.2", port: 53))
      #expect(status == 0)
      #expect(said.contains(" > 10.244.1.2:53 UDP   passed\n"), "\(said)")
      #expect(said.contains("shop/beta-ingress ingress[0].from[0]"), "\(said)")
    }

    @Test func `a packet that no policy is about met no rule`() throws {
      try node.netpolc("uninstall")
      let (said, status) = try trace(
        "10.244.1.1", "10.244.1.3", sending: try attempt(.sctp, from: "alpha", to: "10.244.1.3"))
      #expect(status == 0)
      #expect(said.contains("passed, and met no rule of netpolc"), "\(said)")
    }

    @Test func `a rule of others that drops is named, and is not the policy`() throws {
      try laboratory.load(
        ruleset: """
          table inet guard {
            chain late {
              type filter hook forward priority 10;
              udp dport 53 counter drop comment "no DNS"
            }
          }

          """)
      let (said, status) = try trace(
        "10.244.1.1", "10.244.1.2", "53/UDP",
        sending: try attempt(.udp, from: "alpha", to: "10.244.1.2", port: 53))
      #expect(status == 1)
      #expect(said.contains("dropped by inet guard late, not by policy"), "\(said)")
      #expect(said.contains("drop comment \"no DNS\""), "\(said)")
      // What policies said of it before.
      #expect(said.contains("shop/beta-ingress ingress[0].from[0]"), "\(said)")
    }

    @Test func `a chain of others that drops by its policy is named`() throws {
      try laboratory.load(
        ruleset: """
          table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; }; }

          """)
      let (said, status) = try trace(
        "10.244.1.1", "10.244.1.2", "80",
        sending: try attempt(.tcp, from: "alpha", to: "10.244.1.2"))
      #expect(status == 1)
      #expect(said.contains("dropped by ip filter FORWARD, not by policy"), "\(said)")
    }

    @Test func `the node's own packets are followed too, and json has it all`() throws {
      let (said, status) = try trace(
        "192.0.2.1", "10.244.1.2", "80", "-o", "json",
        sending: try attempt(.tcp, from: Laboratory.nodeName, to: "10.244.1.2"))
      #expect(status == 0)
      #expect(said.contains("\"outcome\":\"passed\"") && said.contains("\"port\":80"), "\(said)")
    }

    @Test func `nothing to follow is said, and nothing is left`() throws {
      let trace = try laboratory.startInNode(
        [Program.path, "trace", "10.244.1.1", "10.244.1.9", "--for", "1s"],
        output: "\(node.stateDirectory)-trace")
      #expect(trace.waitForOutput("listening"))
      #expect(try laboratory.list(["tables"]).contains("netpolc-trace"))
      #expect(trace.wait() == 3)
      #expect(trace.output.contains("no such packet in 1 s"))
      #expect(try !laboratory.list(["tables"]).contains("netpolc-trace"))
    }

    @Test func `one that is killed leaves nothing`() throws {
      let trace = try laboratory.startInNode(
        [Program.path, "trace", "10.244.1.1", "10.244.1.2"],
        output: "\(node.stateDirectory)-trace")
      #expect(trace.waitForOutput("listening"))
      trace.send(signal: SIGKILL)
      #expect(trace.wait() == 128 + SIGKILL)
      #expect(eventually { (try? !laboratory.list(["tables"]).contains("netpolc-trace")) ?? false })
    }
  }
}
