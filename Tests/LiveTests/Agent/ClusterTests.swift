import APIServer
import Glibc
import NetSets
import TestSupport
import Testing

extension Live {
  /// An agent that follows an API server.
  @Suite struct ClusterTests {
    private static let toBeta = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private static let noneToBeta = [Policies.ingress("beta", from: [])]

    private func attempt(_ from: String, _ to: String = "10.244.1.2") throws -> LabAttempt {
      LabAttempt(.udp, from: from, to: try parse(to), port: 53)
    }

    @Test func `objects come, change and go with the server's`() async throws {
      let cluster = try await ClusterNode(Self.toBeta)
      let agent = try cluster.started()
      #expect(try cluster.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      try cluster.put(Policies.ingress("beta", from: [Policies.pod("gamma")]))
      #expect(try cluster.becomes(true, attempt("gamma")))
      #expect(try !cluster.laboratory.run([attempt("alpha")])[0])
      cluster.remove("networkpolicies", "beta-ingress")
      #expect(try cluster.becomes(true, attempt("alpha")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `who gets a gone pod's address inherits no connection, however soon it does`()
      async throws
    {
      let cluster = try await ClusterNode(Self.toBeta)
      let agent = try cluster.started("--established", "keep")
      let datagrams = try cluster.laboratory.datagrams(
        from: "alpha", to: LabReceiver("10.244.1.2", 53))
      let beta = try #require(
        Policies.manifest([]).split(separator: "\n---\n").first { $0.contains("name: beta,") })
      var last = "beta"
      for heir in (1...8).map({ "heir-\($0)" }) {
        #expect(try datagrams.push(from: .client))
        #expect(try cluster.node.entry(from: datagrams.client) != nil)
        cluster.remove("pods", last)
        #expect(try eventually { try !cluster.node.rules().contains("\"shop/\(last)\"") })
        try cluster.put(String(beta).replacing("name: beta,", with: "name: \(heir),"))
        #expect(try eventually { try cluster.node.rules().contains("\"shop/\(heir)\"") })
        #expect(try cluster.node.entry(from: datagrams.client) == nil, "\(heir)")
        last = heir
      }
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `its rules say which version of which object they are from`() async throws {
      let cluster = try await ClusterNode(Self.toBeta)
      let agent = try cluster.started()
      let rules = try cluster.node.rules()
      #expect(
        rules.contains("shop/beta-ingress ingress[0].from[0] networkpolicies/shop/beta-ingress@"),
        "\(rules)")
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `pools come from the server, and without the right to read them policies hold`()
      async throws
    {
      let cluster = try await ClusterNode(Self.noneToBeta)
      try cluster.put(
        """
        apiVersion: crd.projectcalico.org/v1
        kind: IPPool
        metadata: {name: v4}
        spec: {cidr: 10.244.0.0/16, natOutgoing: true}
        """)
      cluster.server.settings.forbidden = ["ippools"]
      let refused = try cluster.started("--masq", "own")
      #expect(refused.output.contains("ippools.crd.projectcalico.org"), "\(refused.output)")
      #expect(
        refused.waitForOutput("connections leave as they did: nothing says what is translated"))
      #expect(try cluster.becomes(false, attempt("alpha")))
      #expect(try !cluster.node.rules().contains("masquerade"))
      refused.send(signal: SIGTERM)
      #expect(refused.wait() == 0)
      cluster.server.settings.forbidden = []
      let agent = try cluster.started("--masq", "own")
      #expect(try cluster.node.rules().contains("natOutgoing"))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `while the server is away the rules stay, and afterwards it catches up`()
      async throws
    {
      let cluster = try await ClusterNode(Self.toBeta)
      let agent = try cluster.started()
      try await cluster.server.stop()
      #expect(agent.waitForOutput("Connection refused", seconds: 20), "\(agent.output)")
      #expect(try cluster.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      #expect(try cluster.ask(agent, "/readyz") == "ok200")
      try cluster.put(Self.noneToBeta[0])
      try await cluster.server.start()
      #expect(try cluster.becomes(false, attempt("alpha")))
      #expect(agent.waitForOutput("the source is well again"))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `without a server it keeps what is in force, and says stale`() async throws {
      let cluster = try await ClusterNode(Self.toBeta)
      try cluster.node.apply(Self.toBeta)
      try await cluster.server.stop()
      let agent = try cluster.start()
      #expect(agent.waitForOutput("Connection refused", seconds: 20), "\(agent.output)")
      #expect(try cluster.ask(agent, "/readyz") == "stale200")
      #expect(try cluster.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      try await cluster.server.start()
      #expect(agent.waitForOutput("the kernel holds what they want", seconds: 20))
      #expect(try cluster.ask(agent, "/readyz") == "ok200")
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `with nothing in force and no server it is not ready`() async throws {
      let cluster = try await ClusterNode(Self.toBeta)
      try await cluster.server.stop()
      let agent = try cluster.start()
      #expect(agent.waitForOutput("Connection refused", seconds: 20), "\(agent.output)")
      let answer = try cluster.ask(agent, "/readyz?verbose")
      #expect(answer.hasPrefix("[-]objects failed: "), "\(answer)")
      #expect(answer.hasSuffix("readyz check failed\n503"))
      #expect(try cluster.ask(agent, "/livez") == "ok200")
    }

    @Test func `it waits without work for what does not come`() async throws {
      let cluster = try await ClusterNode(Self.toBeta)
      // Of four resources one is listed.
      for _ in 0..<3 { cluster.server.fail(.stream, .silence) }
      let agent = try cluster.start()
      #expect(agent.waitForOutput("rules of ours"), "\(agent.output)")
      usleep(500_000)
      let before = try processorSeconds(cluster, agent)
      usleep(1_500_000)
      #expect(try processorSeconds(cluster, agent) - before < 0.5)
    }

    private func processorSeconds(
      _ cluster: ClusterNode, _ agent: BackgroundProcess
    ) throws -> Double {
      let line = try cluster.ask(agent, "/metrics").split(separator: "\n").first {
        $0.hasPrefix("process_cpu_seconds_total ")
      }
      return try #require(line.flatMap { Double($0.split(separator: " ")[1]) })
    }

    @Test func `what it may not read and needs, it stops with`() async throws {
      let cluster = try await ClusterNode()
      cluster.server.settings.forbidden = ["networkpolicies"]
      let agent = try cluster.start()
      #expect(agent.wait() == 3)
      #expect(
        agent.output.contains("networkpolicies.networking.k8s.io"), "\(agent.output)")
      #expect(agent.output.contains("nothing can be decided without it"))
    }

    @Test func `what it may not read and can do without, it says once`() async throws {
      let cluster = try await ClusterNode(Self.noneToBeta)
      cluster.server.settings.forbidden = ["nodes"]
      let agent = try cluster.started()
      #expect(agent.waitForOutput("nodes"))
      #expect(try cluster.becomes(false, attempt("alpha")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `a namespace that ends keeps its policies until its pods are gone`() async throws {
      let cluster = try await ClusterNode(Self.noneToBeta)
      let agent = try cluster.started()
      try cluster.put(
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}, status: {phase: Terminating}}")
      usleep(100_000)
      cluster.remove("networkpolicies", "beta-ingress")
      usleep(300_000)
      #expect(try !cluster.laboratory.run([attempt("alpha")])[0])
      for pod in ["alpha", "beta", "gamma"] { cluster.remove("pods", pod) }
      #expect(try cluster.becomes(true, attempt("alpha")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `a start while a namespace ends keeps closed what was, and opens it with its end`()
      async throws
    {
      let cluster = try await ClusterNode(Self.toBeta)
      let first = try cluster.started()
      first.send(signal: SIGKILL)
      _ = first.wait()
      try cluster.put(
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}, status: {phase: Terminating}}")
      cluster.remove("networkpolicies", "beta-ingress")
      let agent = try cluster.started()
      #expect(agent.waitForOutput("shop/kept-closed.beta isolates a pod of a namespace"))
      // What beta's policy allowed is not known any more; the others were never isolated.
      #expect(
        try cluster.laboratory.run([
          attempt("alpha"), attempt("gamma"), attempt("gamma", "10.244.1.1"),
        ]) == [false, false, true])
      for pod in ["alpha", "beta", "gamma"] { cluster.remove("pods", pod) }
      #expect(try cluster.becomes(true, attempt("alpha")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `faults of the server leave it with the server's objects`() async throws {
      let cluster = try await ClusterNode(Self.toBeta)
      let agent = try cluster.started()
      let faults: [WatchAction] = [
        .reset, .truncate, .end, .error(410, reason: "Expired"),
        .error(500, reason: "InternalError"),
        .raw("{\"type\":\"ADDED\",\"object\":{}}\n"),
      ]
      for (number, fault) in faults.enumerated() {
        cluster.server.disturb(fault)
        let isOpen = number % 2 == 1
        try cluster.put(isOpen ? Self.toBeta[0] : Self.noneToBeta[0])
        #expect(
          try cluster.becomes(isOpen, attempt("alpha"), seconds: 40),
          "after \(fault): \(agent.output)")
      }
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }
  }
}
