import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// What an agent answers who asks, of real packets and real trouble.
  @Suite struct AgentStatusTests {
    private static let toBeta = [Policies.ingress("beta", from: [Policies.pod("alpha")])]

    private func attempt(_ from: String, _ to: String = "10.244.1.2") throws -> LabAttempt {
      LabAttempt(.udp, from: from, to: try parse(to), port: 53)
    }

    /// The value of a sample; nil where there is none.
    private func value(_ sample: String, _ node: AgentNode) throws -> Int? {
      let text = try node.laboratory.runInNode(
        ["curl", "-sS", "http://127.0.0.1:10268/metrics"]
      ).output
      let line = text.split(separator: "\n").first { $0.hasPrefix("\(sample) ") }
      return line.flatMap { Int($0.dropFirst(sample.count + 1)) }
    }

    private func status(_ node: AgentNode, _ arguments: String...) throws -> ProcessResult {
      try node.laboratory.runInNode(
        [Program.path, "status", "--state-dir", node.node.stateDirectory] + arguments)
    }

    @Test func `packets are counted by policy and by namespace, whatever becomes of rules`() throws
    {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started()
      defer { agent.send(signal: SIGTERM) }
      let labels = #"{namespace="shop",policy="beta-ingress",direction="ingress",verdict="allow"}"#
      let denied = #"netpolc_denied_packets_total{namespace="shop",direction="ingress"}"#
      #expect(try value("netpolc_policy_packets_total\(labels)", node) == 0)
      #expect(try value(denied, node) == 0)
      for address in ["10.244.1.2", "fd00:244::1:2"] {
        #expect(
          try node.laboratory.run([attempt("alpha", address), attempt("gamma", address)])
            == [true, false])
      }
      #expect(try value("netpolc_policy_packets_total\(labels)", node) == 2)
      // Who is not answered sends again.
      let dropped = try #require(try value(denied, node))
      #expect(dropped >= 2)
      #expect(try node.laboratory.run([attempt("alpha")]) == [true])
      #expect(try value(denied, node) == dropped)
      // The policy's rules are made anew.
      try node.write([Policies.ingress("beta", from: [Policies.pod("gamma")])])
      #expect(try node.becomes(true, attempt("gamma")))
      let before = try #require(try value("netpolc_policy_packets_total\(labels)", node))
      #expect(before >= 4)
      #expect(try node.laboratory.run([attempt("gamma", "fd00:244::1:2")]) == [true])
      #expect(try value("netpolc_policy_packets_total\(labels)", node) == before + 1)
    }

    @Test func `with --policy-metrics rule each part of a policy is counted`() throws {
      let node = try AgentNode([
        Policies.ingress("beta", from: [Policies.pod("stranger"), Policies.pod("alpha")])
      ])
      let agent = try node.started("--policy-metrics", "rule")
      defer { agent.send(signal: SIGTERM) }
      #expect(try node.laboratory.run([attempt("alpha")]) == [true])
      func packets(_ rule: String) throws -> Int? {
        let labels =
          #"namespace="shop",policy="beta-ingress",direction="ingress",rule="\#(rule)""#
        return try value("netpolc_policy_packets_total{\(labels),verdict=\"allow\"}", node)
      }
      #expect(try packets("ingress[0].from[0]") == 0)
      #expect(try packets("ingress[0].from[1]") == 1)
    }

    @Test func `status tells what the agent enforces, and waits for it`() throws {
      let node = try AgentNode(Self.toBeta)
      #expect(try status(node, "--wait", "--timeout", "1s").status == 3)
      let agent = try node.start()
      defer { agent.send(signal: SIGTERM) }
      let result = try status(node, "--wait")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("for node n1, up "))
      #expect(result.output.contains("enforcing  all that is known, last change "))
      #expect(result.output.contains("isolated of "))
      #expect(result.output.contains("drift      none since the agent began\n"))
    }

    @Test func `status --probe says whether the agent is ready, and asks nothing else`() throws {
      let node = try AgentNode(Self.toBeta)
      #expect(try status(node, "--probe").status == 3)
      node.hideManifests()
      let agent = try node.start()
      defer { agent.send(signal: SIGTERM) }
      let waiting = try status(node, "--probe", "--wait", "--timeout", "1s")
      #expect(waiting.status == 1, "\(waiting.errors)")
      #expect(waiting.output.contains("[-]objects failed: "), "\(waiting.output)")
      node.showManifests()
      let ready = try status(node, "--probe", "--wait")
      #expect(ready.status == 0)
      #expect(ready.output.hasSuffix("readyz check passed\n"), "\(ready.output)")
      #expect(try status(node, "--probe", "-o", "json").status == 64)
      #expect(try status(node, "--probe", "--policy", "shop/beta-ingress").status == 64)
    }

    @Test func `status tells of one policy which pods it isolates and what it let pass`() throws {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started()
      defer { agent.send(signal: SIGTERM) }
      #expect(try node.laboratory.run([attempt("alpha")]) == [true])
      let policy = try status(node, "--policy", "shop/beta-ingress")
      #expect(policy.status == 0)
      #expect(
        policy.output.contains("policy     shop/beta-ingress is in force\n"), "\(policy.output)")
      #expect(policy.output.contains("isolates   ingress of shop/beta\n"))
      #expect(policy.output.contains("allowed    ingress: 1 packet, "))
      let none = try status(node, "--policy", "shop/none")
      #expect(none.status == 1)
      #expect(none.output == "policy     shop/none is not known to the agent\n")
    }

    @Test func `status waits for a policy that is still to come`() throws {
      let node = try AgentNode([])
      let agent = try node.started()
      defer { agent.send(signal: SIGTERM) }
      let waiting = try node.laboratory.startInNode(
        [
          Program.path, "status", "--state-dir", node.node.stateDirectory, "--policy",
          "shop/beta-ingress", "--wait",
        ], output: "\(node.node.stateDirectory)-waiting")
      try node.write(Self.toBeta)
      #expect(waiting.wait() == 0, "\(waiting.output)")
      #expect(try !node.laboratory.run([attempt("gamma")])[0])
    }

    @Test func `status names who changed the rules, and a policy that cannot be read`() throws {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started()
      defer { agent.send(signal: SIGTERM) }
      _ = try node.laboratory.nft(["flush", "ruleset"])
      #expect(try node.becomes(false, attempt("gamma")))
      let repaired = try status(node, "--wait")
      #expect(repaired.status == 0)
      #expect(repaired.output.contains("when `nft` changed our tables"), "\(repaired.output)")
      try node.replace(
        Policies.manifest(Self.toBeta).replacing("podSelector", with: "podSelecter"))
      #expect(try node.becomes(false, attempt("alpha")))
      let broken = try status(node)
      #expect(broken.status == 1)
      #expect(broken.output.contains("1 of them closed, since they cannot be read\n"))
      #expect(broken.output.contains("NetworkPolicy shop/beta-ingress: "), "\(broken.output)")
      #expect(try status(node, "--policy", "shop/beta-ingress").status == 1)
    }

    @Test func `an agent of another network namespace is not taken for this one's`() throws {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started()
      defer { agent.send(signal: SIGTERM) }
      let result = try node.laboratory.runInNode([
        "unshare", "--net", Program.path, "status", "--state-dir", node.node.stateDirectory,
        "--agent", "127.0.0.1:10268",
      ])
      #expect(result.status == 3)
      #expect(result.errors.contains("no agent answers at 127.0.0.1:10268"), "\(result.errors)")
    }

    @Test func `a file's new settings are taken while it works, and a broken file changes nothing`()
      throws
    {
      let node = try AgentNode(Self.toBeta)
      let scratch = try Scratch()
      try scratch.write("agent.yaml", "deny-log: false\n")
      let agent = try node.started("--config", "\(scratch.path)/agent.yaml")
      defer { agent.send(signal: SIGTERM) }
      func logs() throws -> Bool {
        try node.laboratory.nft(["list", "ruleset"]).contains("log prefix")
      }
      #expect(try !logs())
      try scratch.write("agent.yaml", "deny-log: true\nresync: 60\n")
      #expect(agent.waitForOutput("takes anew: deny-log"))
      #expect(agent.waitForOutput("taken at the next start: resync"))
      #expect(agent.waitForOutput("took a transaction changes=0"))
      #expect(try logs())
      #expect(try node.laboratory.run([attempt("gamma")]) == [false])
      #expect(agent.waitForOutput("shop/gamma"), "\(agent.output)")
      try scratch.write("agent.yaml", "deny-log: no one knows\n")
      agent.send(signal: SIGHUP)
      #expect(agent.waitForOutput("the configuration stays as it was"))
      #expect(agent.waitForOutput("deny-log is true or false"))
      #expect(try logs())
    }
  }
}
