import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// What a pod on an agent's node sends by addresses that are not its own.
  @Suite struct AgentSpoofTests {
    private static let interfaces = ["--anti-spoof", "--pod-interfaces", "veth+"]

    @Test func `where pods have routes of their own, a foreign source is dropped`() throws {
      let node = try AgentNode()
      let spoofed = try parse("10.244.1.77")
      try node.laboratory.giveAddress(spoofed, to: "alpha")
      let spoof = LabAttempt(
        .udp, from: "alpha", fromAddress: spoofed, to: try parse("10.244.1.2"), port: 53)
      let own = LabAttempt(.udp, from: "alpha", to: try parse("10.244.1.2"), port: 53)
      #expect(try node.laboratory.run([spoof, own]) == [true, true])
      let agent = try node.started("--anti-spoof", "--pod-interfaces", "veth+")
      #expect(try node.laboratory.run([spoof, own]) == [false, true])
      #expect(try node.laboratory.spoofed(in: "ip") ?? 0 > 0)
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      let said = try node.laboratory.runInNode(try node.node.applying([]) + Self.interfaces)
      #expect(said.errors.contains("the kernel holds it already, nothing sent"), "\(said.errors)")
    }

    @Test func `a start takes over what apply guards, and changes no counter`() throws {
      let node = try AgentNode()
      #expect(
        try node.laboratory.runInNode(try node.node.applying([]) + Self.interfaces).status == 0)
      let before = try node.node.rules()
      #expect(before.contains("deny-spoofed"))
      #expect(try node.run("--once", "--anti-spoof", "--pod-interfaces", "veth+").status == 0)
      #expect(try node.node.rules() == before)
    }

    @Test(
      .enabled(
        if: Laboratory.bridgingUnavailable == nil,
        "\(Laboratory.bridgingUnavailable ?? "It can run.")"))
    func `behind a bridge, ports are guarded as the runtime's files come and go`() throws {
      let spoof = try BridgedSpoofLab()
      let address = try #require(BridgedSpoofLab.others.first { "\($0)" == "10.244.1.77" })
      for pod in [TwoNodes.Host.podA, .podB] { try spoof.takeAddresses([address], on: pod) }
      func passes(_ pod: TwoNodes.Host, _ address: IPAddress? = nil) throws -> Bool {
        try spoof.nodes.datagramArrives(
          from: pod, address ?? spoof.nodes.address(pod, .ipv4), to: .node1)
      }
      let results = "\(spoof.lab.directory)/results"
      let file = "\(results)/pods-podB-eth0"
      try spoof.nodes.run(["mv", file, "\(spoof.lab.directory)/away"], on: .node1)
      let agent = try spoof.lab.startedAgent(["--anti-spoof", "--cni-results", results])
      defer { agent.send(signal: SIGTERM) }
      #expect(
        agent.waitForOutput("each address of Pod d/b, which may send by any"), "\(agent.output)")
      #expect(try !passes(.podA, address))
      #expect(try passes(.podB, address))
      // Who was asked in a stranger's name for the way is asked again in a while.
      for pod in [TwoNodes.Host.podA, .podB] { try eventually { try passes(pod) } }
      try spoof.nodes.run(["mv", "\(spoof.lab.directory)/away", file], on: .node1)
      try eventually { try !passes(.podB, address) }
      for pod in [TwoNodes.Host.podA, .podB] { try eventually { try passes(pod) } }
      // What somebody does to the table is put right.
      try spoof.nodes.run(["nft", "delete table bridge netpolc"], on: .node1)
      try eventually { try !passes(.podB, address) }
      #expect(agent.waitForOutput("somebody else changed our tables"))
    }
  }
}
