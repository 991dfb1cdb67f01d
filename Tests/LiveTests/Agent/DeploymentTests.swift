import Glibc
import Host
import Manifests
import NetSets
import TestSupport
import Testing

extension Live {
  /// The agent, with no more rights than the files in `deploy/` give it.
  @Suite(
    .enabled(
      if: findExecutable("setpriv") != nil && findExecutable("unshare") != nil,
      "util-linux is not installed."))
  struct DeploymentTests {
    private static let toBeta = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private static let noneToBeta = [Policies.ingress("beta", from: [])]

    private func attempt(_ from: String) throws -> LabAttempt {
      LabAttempt(.udp, from: from, to: try parse("10.244.1.2"), port: 53)
    }

    @Test(arguments: Confinement.allCases)
    func `the confinement is one`(_ confinement: Confinement) throws {
      let scratch = try Scratch()
      let writable = "\(scratch.path)/state"
      #expect(chmod(scratch.path, 0o755) == 0)
      try confinement.prepare(writable)
      let script = """
        grep -E '^(CapPrm|CapEff|CapBnd|NoNewPrivs):' /proc/self/status
        for place in "$0" "$0/.." /usr /etc; do
          touch "$place/netpolc-was-here" 2>/dev/null && echo "wrote ${place##*/}"
        done
        """
      let result = try runProcess(
        confinement.command(["sh", "-c", script, writable], writing: writable))
      let expected = """
        CapPrm:\t0000000000001000
        CapEff:\t0000000000001000
        CapBnd:\t0000000000001000
        NoNewPrivs:\t1
        wrote state

        """
      #expect(result.output == expected, "\(result.errors)")
    }

    @Test(arguments: Confinement.allCases)
    func `it enforces, ends connections, names what it denies, and answers probes`(
      _ confinement: Confinement
    ) throws {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started(confined: confinement, "--deny-log")
      #expect(try node.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      #expect(agent.waitForOutput("netpolc.deny/v1"), "\(agent.output)")
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      for url in try probes() {
        let answer = try node.laboratory.runInNode(["curl", "-sS", "--max-time", "5", url])
        #expect(answer.output == "ok", "\(url): \(answer.errors)")
      }
      try node.write(Self.noneToBeta)
      #expect(try node.becomes(false, attempt("alpha")))
      #expect(agent.waitForOutput("ended open connections"), "\(agent.output)")
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .reset) }
      _ = try node.laboratory.nft(["flush ruleset"])
      #expect(agent.waitForOutput("somebody else changed our tables"))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      #expect(!agent.output.contains("ermission"), "\(agent.output)")
      #expect(!agent.output.contains("not permitted"), "\(agent.output)")
      // And it left a record, for a boot without a source.
      try node.node.cleanGeneration()
    }

    @Test(arguments: Confinement.allCases)
    func `after a boot without a source it puts back what was in force last`(
      _ confinement: Confinement
    ) throws {
      let node = try AgentNode(Self.toBeta)
      let first = try node.started(confined: confinement)
      first.send(signal: SIGTERM)
      #expect(first.wait() == 0)
      try node.laboratory.flushRuleset()
      node.hideManifests()
      defer { node.showManifests() }
      let agent = try node.start(confined: confinement, "--start-timeout", "0.3")
      #expect(agent.waitForOutput("what was in force last is in force again"), "\(agent.output)")
      #expect(try node.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `uninstalling waits for the agent's end and takes its rules away, and no others`()
      throws
    {
      let node = try AgentNode(Self.noneToBeta)
      try node.laboratory.load(ruleset: "table ip other { chain c { }\n }\n")
      let agent = try node.started(confined: .container)
      #expect(try node.becomes(false, attempt("alpha")))
      let daemonSet = try DeployFiles.object(
        "DaemonSet", in: "kustomize/uninstall/daemonset.yaml")
      let words = try #require(daemonSet.ownContainers.first?["command"]?.texts)
      let command = Confinement.container.command(
        [Program.path] + words.dropFirst() + ["--state-dir", node.node.stateDirectory],
        writing: node.node.stateDirectory)
      let uninstall = try node.laboratory.startInNode(
        command, output: "\(node.node.stateDirectory)-uninstall")
      usleep(300_000)
      #expect(try !node.laboratory.run([attempt("alpha")])[0])
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      #expect(uninstall.wait() == 0, "\(uninstall.output)")
      #expect(uninstall.output == "removed tables ip netpolc and ip6 netpolc\n")
      #expect(try node.laboratory.nft(["list", "tables"]) == "table ip other\n")
      #expect(try node.becomes(true, attempt("alpha")))
      // Nothing is put back by an agent that starts without a source.
      #expect(try node.node.netpolc("status", expecting: nil).output.contains("nothing"))
    }

    @Test func `metrics are answered at the node's address, as the monitor asks for them`() throws {
      let node = try AgentNode()
      let agent = try node.started(
        confined: .container, "--metrics-bind=[192.0.2.1]:10267", "--metrics-bind=[::1]:10267")
      for host in ["192.0.2.1", "[::1]"] {
        let url = "http://\(host):10267"
        let metrics = try node.laboratory.runInNode(["curl", "-sS", "-g", "\(url)/metrics"])
        #expect(metrics.output.contains("\nnetpolc_policies 0\n"), "\(metrics.errors)")
        // Health is for the node alone.
        let health = try node.laboratory.runInNode(
          ["curl", "-sS", "-g", "-o", "/dev/null", "-w", "%{http_code}", "\(url)/status.json"])
        #expect(health.output == "404")
      }
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    /// The URLs of the DaemonSet's probes.
    private func probes() throws -> [String] {
      let daemonSet = try DeployFiles.object("DaemonSet", in: "kustomize/base/daemonset.yaml")
      let container = try #require(daemonSet.ownContainers.first)
      return try ["startupProbe", "livenessProbe", "readinessProbe"].map { probe in
        let get = try #require(container.at(probe, "httpGet"))
        let part = { (key: String) in get.at(key)?.text ?? "" }
        return "http://\(part("host")):\(part("port"))\(part("path"))"
      }
    }
  }
}
