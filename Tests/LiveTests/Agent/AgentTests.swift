import Glibc
import Host
import NetSets
import Nftables
import TestSupport
import Testing

extension Live {
  /// What an agent does and leaves alone on its node.
  @Suite struct AgentTests {
    private static let toBeta = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private static let noneToBeta = [Policies.ingress("beta", from: [])]

    private func attempt(_ from: String, _ to: String = "10.244.1.2") throws -> LabAttempt {
      LabAttempt(.udp, from: from, to: try parse(to), port: 53)
    }

    @Test func `a change of a file is in the kernel soon, in both families`() throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started()
      for address in ["10.244.1.2", "fd00:244::1:2"] {
        #expect(try node.becomes(false, attempt("alpha", address)))
      }
      try node.write(Self.toBeta)
      for address in ["10.244.1.2", "fd00:244::1:2"] {
        #expect(try node.becomes(true, attempt("alpha", address)))
        #expect(try !node.laboratory.run([attempt("gamma", address)])[0])
      }
      try node.write([])
      #expect(try node.becomes(true, attempt("gamma")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `its rules are those that apply gives`() throws {
      let policies = Self.toBeta + [Policies.egress("alpha", to: Policies.outside)]
      let node = try AgentNode(policies)
      #expect(try node.run("--once").status == 0)
      let said = try node.node.apply(policies).errors
      #expect(said.contains("the kernel holds it already, nothing sent"), "\(said)")
      try node.node.cleanGeneration()
    }

    @Test func `a start takes over what is there, and opens and closes nothing`() throws {
      let node = try AgentNode(Self.toBeta)
      try node.node.apply(Self.toBeta)
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      _ = try node.laboratory.run([attempt("alpha")])
      let before = try node.node.rules()
      let agent = try node.started()
      #expect(agent.waitForOutput("rules stay until all is known"))
      usleep(300_000)
      // With handles and counters, which anything made anew would have lost.
      #expect(try node.node.rules() == before)
      #expect(!agent.output.contains("took a transaction"))
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
    }

    @Test func `a start waits for every file, for one that cannot be read may have a policy`()
      throws
    {
      let node = try AgentNode(Self.toBeta)
      let first = try node.started()
      first.send(signal: SIGTERM)
      #expect(first.wait() == 0)
      let text = Policies.manifest(Self.toBeta)
      try node.replace(text + "]\n")
      let agent = try node.start()
      #expect(agent.waitForOutput("cluster.yaml:"), "\(agent.output)")
      #expect(try node.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      #expect(!agent.output.contains("all objects are known"))
      try node.replace(text)
      #expect(agent.waitForOutput("the kernel holds what they want"))
      // Later such a file leaves its objects as they were.
      try node.replace(Policies.manifest(Self.noneToBeta) + "]\n")
      #expect(agent.waitForOutput("found `]`"))
      #expect(try node.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test func `nothing changes while its source tells nothing`() throws {
      let node = try AgentNode(Self.noneToBeta)
      try node.node.apply(Self.toBeta)
      node.hideManifests()
      defer { node.showManifests() }
      let agent = try node.start("--start-timeout", "0.3")
      #expect(agent.waitForOutput("No such file or directory"))
      usleep(600_000)
      #expect(try node.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
      #expect(!agent.output.contains("in force again"))
      node.showManifests()
      #expect(try node.becomes(false, attempt("alpha")))
    }

    @Test func `after a boot without a source, what was in force last is so again`() throws {
      let node = try AgentNode(Self.toBeta)
      #expect(try node.run("--once").status == 0)
      try node.laboratory.flushRuleset()
      node.hideManifests()
      defer { node.showManifests() }
      let agent = try node.start("--start-timeout", "0.3")
      #expect(agent.waitForOutput("what was in force last is in force again"))
      #expect(try node.laboratory.run([attempt("alpha"), attempt("gamma")]) == [true, false])
    }

    @Test func `after a boot half a record is not put back, and policies still come into force`()
      throws
    {
      let node = try AgentNode(Self.toBeta)
      #expect(try node.run("--once").status == 0)
      try node.laboratory.flushRuleset()
      let record = "\(node.node.stateDirectory)/gen-1.nft"
      let text = String(decoding: try readFile(record), as: UTF8.self)
      // All of one family, and nothing of the other.
      let half = try #require(text.firstRange(of: "add table ip6")).lowerBound
      try writeFile(record, String(text[..<half]))
      node.hideManifests()
      let agent = try node.start("--start-timeout", "0.3")
      #expect(agent.waitForOutput("gen-1.nft is cut short"))
      #expect(try node.node.installed().tables.isEmpty)
      node.showManifests()
      #expect(try node.becomes(false, attempt("gamma")))
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGINT])
    func `however it ends, the rules stay`(_ signal: Int32) throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started()
      #expect(try node.becomes(false, attempt("alpha")))
      let before = try node.node.installed()
      agent.send(signal: signal)
      // Its last word. The kernel may take longer to close what it had open: an inotify waits until
      // nobody else's files are told of any more (fsnotify_destroy_group).
      if signal != SIGKILL { #expect(agent.waitForOutput("ends; the rules stay", seconds: 2)) }
      #expect(agent.wait() == (signal == SIGKILL ? 128 + SIGKILL : 0))
      #expect(try node.node.holds(before))
    }

    @Test func `told so, it takes its rules along and nothing else`() throws {
      let node = try AgentNode(Self.noneToBeta)
      try node.laboratory.load(ruleset: "table ip other { chain c { }\n }\n")
      let agent = try node.started("--on-exit", "remove")
      #expect(try node.becomes(false, attempt("alpha")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      let tables = try node.laboratory.nft(["list", "tables"])
      #expect(tables == "table ip other\n")
      #expect(try node.becomes(true, attempt("alpha")))
    }

    @Test func `whoever others are, with --drift poll what they do is put right`() throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started("--drift", "poll")
      let before = try node.node.installed()
      _ = try node.laboratory.nft(["flush ruleset"])
      #expect(agent.waitForOutput("somebody else changed our tables"))
      #expect(!agent.output.contains("by=\"nft\""))
      #expect(try node.node.holds(before))
    }

    @Test func `with --drift off what others do stays until something changes`() throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started("--drift", "off")
      _ = try node.laboratory.nft(["flush ruleset"])
      sleepMilliseconds(1500)
      #expect(try node.node.installed().tables.isEmpty)
      try node.write(Self.toBeta)
      #expect(try node.becomes(false, attempt("gamma")))
      #expect(!agent.output.contains("somebody else changed our tables"))
    }

    @Test(arguments: [
      "flush ruleset", "delete table ip netpolc", "flush chain ip netpolc hook-ingress",
      "add rule ip netpolc pi/shop/beta-ingress accept",
      "add element ip netpolc pods-in { 10.244.1.3 : drop }",
    ])
    func `what somebody else does to our tables is put right`(_ command: String) throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started()
      #expect(try node.becomes(false, attempt("alpha")))
      let before = try node.node.installed()
      _ = try node.laboratory.nft([command])
      #expect(agent.waitForOutput("somebody else changed our tables"))
      #expect(agent.output.contains("by=\"nft\""))
      #expect(try node.node.holds(before))
    }

    @Test func `what others do in their own tables is no business of it`() throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started()
      _ = try node.laboratory.nft(["add table ip other"])
      usleep(1_500_000)
      #expect(!agent.output.contains("somebody else"))
      try node.write(Self.toBeta)
      #expect(try node.becomes(true, attempt("alpha")))
      #expect(!agent.output.contains("somebody else"))
    }

    @Test func `a second one says who is at work, and ends`() throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started()
      let second = try node.run()
      #expect(second.status == 3)
      #expect(second.errors.contains("process \(agent.id) has the lock"), "\(second.errors)")
      let apply = try node.node.apply([], "--lock-timeout", "0", expecting: 3)
      #expect(apply.errors.contains("process \(agent.id) is working in this namespace"))
    }

    @Test func `a policy that cannot be read closes its pods, and the others go on`() throws {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started()
      #expect(try node.becomes(true, attempt("alpha")))
      let broken = Policies.ingress("beta", from: [Policies.pod("alpha")]).replacing(
        "ingress: [{from", with: "ingress: [{form")
      try node.write([broken, Policies.ingress("gamma", from: [Policies.pod("beta")])])
      #expect(try node.becomes(false, attempt("alpha")))
      #expect(agent.waitForOutput("its pods are isolated and it allows nothing"))
      #expect(agent.output.contains("NetworkPolicy shop/beta-ingress"))
      #expect(
        try node.laboratory.run([attempt("alpha", "10.244.1.3"), attempt("beta", "10.244.1.3")])
          == [false, true])
      try node.write(Self.toBeta)
      #expect(try node.becomes(true, attempt("alpha")))
    }

    @Test func `a connection that becomes denied ends, unless told to let it be`() throws {
      let node = try AgentNode(Self.toBeta)
      var agent = try node.started()
      var stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      try node.write(Self.noneToBeta)
      #expect(agent.waitForOutput("ended open connections"))
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .reset) }
      let metrics = try node.laboratory.runInNode(
        ["curl", "-sS", "http://127.0.0.1:10268/metrics"]
      ).output
      #expect(metrics.contains("netpolc_conntrack_rechecked_total{result=\"ended\"} 1\n"))
      agent.send(signal: SIGTERM)
      _ = agent.wait()

      try node.write(Self.toBeta)
      agent = try node.started("--established", "keep")
      #expect(try node.becomes(true, attempt("alpha")))
      stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 81))
      #expect(try stream.push(from: .client) == .alive)
      try node.write(Self.noneToBeta)
      #expect(try node.becomes(false, attempt("alpha")))
      usleep(200_000)
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
    }

    @Test func `denied packets are told with names, policies and their lines`() throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started("--deny-log")
      #expect(try node.becomes(false, attempt("alpha")))
      #expect(agent.waitForOutput("netpolc.deny/v1"))
      let line = agent.output.split(separator: "\n").first { $0.contains("netpolc.deny/v1") } ?? ""
      for part in ["alpha", "beta", "shop/beta-ingress", "cluster.yaml"] {
        #expect(line.contains(part), "\(line)")
      }
    }

    @Test func `who gets the address of a pod that is gone inherits no connection`() throws {
      let node = try AgentNode(Self.toBeta + [Policies.stranger(1)])
      let agent = try node.started("--established", "keep")
      let datagrams = try node.laboratory.datagrams(
        from: "alpha", to: LabReceiver("10.244.1.2", 53))
      for side in LabSide.allCases { #expect(try datagrams.push(from: side)) }
      #expect(try node.node.entry(from: datagrams.client) != nil)
      // Another pod with beta's addresses, which alpha may not reach.
      let heir = Policies.manifest(Self.toBeta).replacing("name: beta,", with: "name: heir,")
        .replacing("labels: {app: beta}", with: "labels: {app: heir}")
      try node.replace(heir)
      #expect(agent.waitForOutput("ended open connections"))
      #expect(try node.node.entry(from: datagrams.client) == nil)
    }

    @Test func `nor does it inherit one that rules would let be opened`() throws {
      let node = try AgentNode(Self.toBeta + [Policies.stranger(1)])
      let agent = try node.started()
      let datagrams = try node.laboratory.datagrams(
        from: "alpha", to: LabReceiver("10.244.1.2", 53))
      for side in LabSide.allCases { #expect(try datagrams.push(from: side)) }
      #expect(try node.node.entry(from: datagrams.client) != nil)
      let heir = Policies.manifest(Self.toBeta).replacing("name: beta,", with: "name: heir,")
      try node.replace(heir)
      #expect(agent.waitForOutput("ended open connections"))
      #expect(try node.node.entry(from: datagrams.client) == nil)
    }

    @Test func `a pod that has ended is let go of`() throws {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started()
      #expect(try node.becomes(true, attempt("alpha")))
      // Alpha's address is anybody's now, and no longer one that may reach beta.
      let ended = Policies.manifest(Self.toBeta).replacing(
        "status: {phase: Running, podIP: 10.244.1.1",
        with: "status: {phase: Succeeded, podIP: 10.244.1.1")
      try node.replace(ended)
      #expect(try node.becomes(false, attempt("alpha")))
      agent.send(signal: SIGTERM)
      _ = agent.wait()
    }

    @Test func `addresses of pods that are not known yet are denied when asked for`() throws {
      let node = try AgentNode()
      let manifest = Policies.manifest([])
      let withoutGamma = manifest.replacing("name: gamma,", with: "name: elsewhere,")
        .replacing(
          "podIP: 10.244.1.3, podIPs: [{ip: 10.244.1.3}, {ip: 'fd00:244::1:3'}]",
          with: "podIP: 10.244.1.99")
      try #require(withoutGamma != manifest)
      try node.replace(withoutGamma)
      let agent = try node.started("--default-action-unknown-pods", "deny")
      #expect(try node.becomes(false, attempt("alpha", "10.244.1.3")))
      #expect(try node.becomes(false, attempt("gamma")))
      #expect(try node.laboratory.run([attempt("alpha")]) == [true])
      try node.replace(manifest)
      #expect(try node.becomes(true, attempt("gamma")))
      agent.send(signal: SIGTERM)
      _ = agent.wait()
    }

    @Test func `without its Node it says that it cannot deny them`() throws {
      let node = try AgentNode()
      try node.replace("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n")
      let agent = try node.started("--default-action-unknown-pods", "deny")
      #expect(agent.waitForOutput("unknown pods are not denied: Node n1 with spec.podCIDRs"))
    }

    @Test func `where nothing was tracked before, what is open goes on`() throws {
      let node = try AgentNode(Self.toBeta, tracks: false)
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      let agent = try node.started()
      #expect(try node.becomes(false, attempt("gamma")))
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }
  }
}
