import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// Policies on trial, with real packets.
  @Suite struct AuditTests {
    private static let toBeta = Policies.ingress("beta", from: [Policies.pod("alpha")])
    /// Isolated for egress, so that the two directions meet.
    private static let fromGamma = Policies.egress("gamma", to: [Policies.pod("beta")])

    private func attempt(_ from: String, _ to: String = "10.244.1.2") throws -> LabAttempt {
      LabAttempt(.tcp, from: from, to: try parse(to), port: 53)
    }

    /// The counter of the rule that counts what a policy on trial would deny.
    private func counted(_ rules: String) throws -> Int? {
      let line = rules.split(separator: "\n").first { $0.contains("would be denied by shop/") }
      let count = line?.firstMatch(of: /counter packets (\d+)|^\[(\d+):/)
      return (count?.1 ?? count?.2).flatMap { Int($0) }
    }

    @Test(arguments: ["nftables", "iptables"])
    func `what a policy on trial would deny passes and is counted, until it is enforced`(
      _ backend: String
    ) throws {
      let node = try LiveNode()
      func rules() throws -> String {
        try node.laboratory.runInNode(
          backend == "nftables"
            ? ["nft", "list", "table", "ip", "netpolc"] : ["iptables-save", "-c"]
        ).output
      }
      try node.apply([Policies.audited(Self.toBeta), Self.fromGamma], "--backend", backend)
      #expect(try counted(rules()) == 0)
      #expect(
        try node.laboratory.run([
          attempt("alpha"), attempt("outside"), attempt("gamma", "10.244.1.1"),
        ]) == [true, true, false])
      #expect(try counted(rules()) == 1)
      try node.apply([Self.toBeta, Self.fromGamma], "--backend", backend)
      #expect(
        try node.laboratory.run([attempt("alpha"), attempt("outside"), attempt("gamma")])
          == [true, false, false])
      #expect(try counted(rules()) == nil)
    }

    @Test func `watch tells of it, and that nothing was denied`() throws {
      let node = try LiveNode()
      let manifest = "\(node.stateDirectory)-manifest.yaml"
      try writeFile(manifest, Policies.manifest([Policies.audited(Self.toBeta)]))
      try node.apply([Policies.audited(Self.toBeta)], "--deny-log")
      func watching(_ arguments: String..., waitingFor word: String) throws -> BackgroundProcess {
        let watch = try node.laboratory.startInNode(
          [Program.path, "watch", "--for", "3s"] + arguments,
          output: "\(node.stateDirectory)-\(word)")
        #expect(watch.waitForOutput(word))
        return watch
      }
      let packets = try watching("--denies", "-f", manifest, waitingFor: "listening")
      let counters = try watching(waitingFor: "watching")
      usleep(300_000)
      #expect(try node.laboratory.run([attempt("outside"), attempt("alpha")]) == [true, true])
      #expect(packets.wait() == 0)
      #expect(counters.wait() == 0)
      let told = packets.output.split(separator: "\n").filter { $0.contains(" -> ") }
      #expect(told.count == 1, "\(packets.output)")
      #expect(
        told.first?.contains("ingress would be denied by shop/beta-ingress ") == true, "\(told)")
      #expect(
        counters.output.contains(
          "audited       +1          1  ingress would be denied by shop/beta-ingress "),
        "\(counters.output)")
    }

    @Test func `an agent counts, logs and names what is on trial, and enforces it when told`()
      throws
    {
      let node = try AgentNode([Policies.audited(Self.toBeta)])
      let agent = try node.started("--deny-log")
      defer { agent.send(signal: SIGTERM) }
      #expect(try node.laboratory.run([attempt("outside"), attempt("alpha")]) == [true, true])
      let metrics = try node.laboratory.runInNode(
        ["curl", "-sS", "http://127.0.0.1:10268/metrics"]
      ).output
      let labels = #"{namespace="shop",policy="beta-ingress",direction="ingress"}"#
      #expect(metrics.contains("netpolc_audit_would_deny_packets_total\(labels) 1\n"))
      #expect(
        metrics.contains(#"netpolc_audited_policies{namespace="shop",policy="beta-ingress"} 1"#))
      #expect(!metrics.contains("netpolc_denied_packets_total{"))
      #expect(metrics.contains("netpolc_isolated_pods 0\n"))
      #expect(agent.waitForOutput(#""verdict":"would-deny""#), "\(agent.output)")
      #expect(agent.output.contains(#""isolatedBy":[{"policy":"shop/beta-ingress""#))
      func status(_ arguments: String...) throws -> String {
        try node.laboratory.runInNode(
          [Program.path, "status", "--state-dir", node.node.stateDirectory] + arguments
        ).output
      }
      #expect(
        try status().contains(
          "policies   1, 1 of them audited (shop/beta-ingress: 1 packet would be denied)\n"))
      let one = try status("--policy", "shop/beta-ingress")
      #expect(one.contains("is in force, audited: it denies nothing\n"), "\(one)")
      #expect(one.contains("would deny ingress: 1 packet, "), "\(one)")
      try node.write([Self.toBeta])
      #expect(try node.becomes(false, attempt("outside")))
      #expect(try status().contains("policies   1\n"))
    }
  }
}
