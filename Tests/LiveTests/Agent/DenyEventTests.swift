import APIServer
import Glibc
import Manifests
import NetSets
import TestSupport
import Testing

extension Live {
  /// Events of packets that are really dropped.
  @Suite struct DenyEventTests {
    private static let noneToBeta = [Policies.ingress("beta", from: [])]

    private func attempt(_ from: String) throws -> LabAttempt {
      LabAttempt(.udp, from: from, to: try parse("10.244.1.2"), port: 53)
    }

    private func created(_ number: Int, _ cluster: ClusterNode, _ agent: BackgroundProcess) throws
      -> Bool
    {
      try eventually {
        try cluster.ask(agent, "/metrics").contains(
          "netpolc_deny_events_total{result=\"created\"} \(number)\n")
      }
    }

    @Test func `who describes a pod reads who was denied, and by which policy`() async throws {
      let cluster = try await ClusterNode(Self.noneToBeta)
      let agent = try cluster.started("--deny-events")
      #expect(try cluster.laboratory.run([attempt("alpha"), attempt("gamma")]) == [false, false])
      #expect(try created(2, cluster, agent), "\(agent.output)")
      let events = try cluster.server.events.all
      #expect(events.map { $0["regarding"]?["name"]?.text } == ["beta", "beta"])
      #expect(events.allSatisfy { $0["regarding"]?["uid"]?.text == "uid-beta" })
      #expect(Set(events.compactMap { $0["related"]?["name"]?.text }) == ["alpha", "gamma"])
      let notes = events.compactMap { $0["note"]?.text }
      for pod in ["alpha (10.244.1.1)", "gamma (10.244.1.3)"] {
        let start =
          "shop/\(pod) -> shop/beta (10.244.1.2:53) UDP: "
          + "ingress denied by NetworkPolicy shop/beta-ingress (version "
        #expect(notes.contains { $0.hasPrefix(start) }, "\(notes)")
      }
      // Records are written only by --deny-log.
      #expect(!agent.output.contains("netpolc.deny/v1"))
      // What is sent again is no other Event.
      #expect(try cluster.laboratory.run([attempt("alpha")]) == [false])
      usleep(200_000)
      #expect(try cluster.server.events.all.count == 2)
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `records and Events come from one reader of the kernel's log`() async throws {
      let cluster = try await ClusterNode(Self.noneToBeta)
      let agent = try cluster.started("--deny-events", "--deny-log")
      #expect(try cluster.laboratory.run([attempt("alpha")]) == [false])
      #expect(try created(1, cluster, agent), "\(agent.output)")
      #expect(agent.waitForOutput("netpolc.deny/v1"))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `Events go on when the log of denials is turned off`() async throws {
      let cluster = try await ClusterNode(Self.noneToBeta)
      let scratch = try Scratch(["agent.yaml": "deny-log: true\n"])
      let agent = try cluster.started(
        "--deny-events", "--config", "\(scratch.path)/agent.yaml")
      #expect(try cluster.laboratory.run([attempt("alpha")]) == [false])
      #expect(agent.waitForOutput("netpolc.deny/v1"))
      try scratch.write("agent.yaml", "deny-log: false\n")
      agent.send(signal: SIGHUP)
      #expect(agent.waitForOutput("takes anew: deny-log"), "\(agent.output)")
      let before = agent.output
      #expect(try cluster.laboratory.run([attempt("gamma")]) == [false])
      #expect(try created(2, cluster, agent), "\(agent.output)")
      #expect(!agent.output.dropFirst(before.count).contains("netpolc.deny/v1"))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `without the right to write Events policies hold, and why is said`() async throws {
      let cluster = try await ClusterNode(Self.noneToBeta)
      cluster.server.settings.forbidden = ["events"]
      let agent = try cluster.started("--deny-events")
      #expect(try cluster.laboratory.run([attempt("alpha")]) == [false])
      #expect(agent.waitForOutput("deploy/kustomize/deny-events"), "\(agent.output)")
      try cluster.put(Policies.ingress("beta", from: [Policies.pod("alpha")]))
      #expect(try cluster.becomes(true, attempt("alpha")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `nobody who did not ask for Events writes any`() async throws {
      let cluster = try await ClusterNode(Self.noneToBeta)
      let agent = try cluster.started("--deny-log")
      #expect(try cluster.laboratory.run([attempt("alpha")]) == [false])
      #expect(agent.waitForOutput("netpolc.deny/v1"))
      #expect(try !cluster.ask(agent, "/metrics").contains("netpolc_deny_events_total"))
      #expect(!cluster.server.requests.contains { $0.plural == "events" })
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }
  }
}
