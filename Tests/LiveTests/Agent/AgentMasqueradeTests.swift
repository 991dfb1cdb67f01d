import Glibc
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// Which source a server sees of pods on an agent's node, by real packets.
  @Suite struct AgentMasqueradeTests {
    private static let pods = [
      "--masq-from", "10.244.0.0/16", "--masq-from", "fd00:244::/32",
    ]
    private static let translated: [MasqueradeFlow: MasqueradeExpectation] = [
      .podToOtherNode: .node, .podToInternet: .node,
    ]
    private static let pool = """
      apiVersion: crd.projectcalico.org/v1
      kind: IPPool
      metadata: {name: v4}
      spec: {cidr: 10.244.0.0/16, natOutgoing: true}

      """

    @Test func `an agent translates as apply does, from its first transaction on`() throws {
      let lab = try MasqueradeLab()
      let agent = try lab.startedAgent(Self.pods)
      #expect(agent.output.split(separator: "took a transaction").count == 2, "\(agent.output)")
      try lab.check(Self.translated, explainedBy: Self.pods)
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      let said = try lab.netpolc(
        ["apply", "-f", lab.cluster, "--node", "n1"] + Self.pods + ["--state-dir", lab.state])
      #expect(said.contains("the kernel holds it already, nothing sent"), "\(said)")
    }

    @Test func `a restart, and what apply made before, change no rule and no counter`() throws {
      let lab = try MasqueradeLab()
      try lab.apply(Self.pods)
      try lab.check(Self.translated)
      func rules() throws -> String {
        try ["ip", "ip6"].map {
          try lab.nodes.run(["nft", "-a", "list", "table", $0, "netpolc"], on: .node1)
        }.joined()
      }
      let before = try rules()
      #expect(before.contains("masquerade"))
      for _ in 0..<2 {
        let agent = try lab.startedAgent(Self.pods + ["--on-exit", "keep"])
        #expect(try rules() == before)
        agent.send(signal: SIGTERM)
        #expect(agent.wait() == 0)
        #expect(try rules() == before)
      }
      try lab.check(Self.translated)
    }

    @Test func `pools and nodes are followed`() throws {
      let lab = try MasqueradeLab()
      let directory = try lab.manifests()
      _ = try lab.write("manifests/pool.yaml", Self.pool)
      let agent = try lab.startedAgent(["--masq", "own"], following: directory)
      defer { agent.send(signal: SIGTERM) }
      try lab.check([.podToOtherNode: .node, .podToInternet: .node], .ipv4)
      // Nodes are not translated to any more, as Calico's settings say and their objects know.
      _ = try lab.write(
        "manifests/felix.yaml",
        """
        apiVersion: crd.projectcalico.org/v1
        kind: FelixConfiguration
        metadata: {name: default}
        spec: {natOutgoingExclusions: IPPoolsAndHostIPs}

        """)
      try eventually {
        try lab.seen(.podToOtherNode, .ipv4) == lab.nodes.address(.podA, .ipv4)
      }
      try lab.check([.podToInternet: .node], .ipv4)
      _ = try lab.write(
        "manifests/cluster.yaml",
        MasqueradeLab.cluster.replacing("{type: InternalIP, address: 192.168.50.2}, ", with: ""))
      try eventually {
        try lab.seen(.podToOtherNode, .ipv4) == lab.nodes.address(.node1, .ipv4)
      }
    }

    @Test func `files that cannot be read are named, and nothing is changed`() throws {
      let lab = try MasqueradeLab()
      let file = try lab.write("conf", "what: is this\n")
      let agent = try lab.startAgent(["--masq-config", file, "--masq", "own"])
      #expect(agent.wait() == 3)
      #expect(agent.output.contains("configures no translator"), "\(agent.output)")
      #expect(agent.output.contains("conf:1:1"), "\(agent.output)")
      #expect(
        try lab.nodes.run(["nft", "list", "tables"], on: .node1).contains("netpolc") == false)
    }
  }
}

extension MasqueradeLab {
  /// A directory with the cluster's objects, in a file of its own.
  func manifests() throws -> String {
    _ = try write("manifests/cluster.yaml", Self.cluster)
    return "\(directory)/manifests"
  }

  /// Starts an agent on the first node and goes on.
  func startAgent(
    _ arguments: [String], following source: String? = nil
  ) throws -> BackgroundProcess {
    let output = try write("output-\(nextNumber())", "")
    return try nodes.namespace(of: .node1).enter {
      try BackgroundProcess(
        [
          Program.agentPath, "--node-name", "n1", "--source", "dir:\(source ?? cluster)",
          "--state-dir", state, "--health-bind", "none",
        ] + arguments, output: output)
    }
  }

  /// Starts it and waits until the kernel holds what it wants.
  func startedAgent(
    _ arguments: [String], following source: String? = nil
  ) throws -> BackgroundProcess {
    let agent = try startAgent(arguments, following: source)
    try #require(agent.waitForOutput("the kernel holds what they want"), "\(agent.output)")
    return agent
  }
}
