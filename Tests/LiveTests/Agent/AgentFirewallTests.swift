import Apply
import Glibc
import Host
import Iptables
import NetSets
import Nftables
import TestSupport
import Testing

extension Live {
  /// An agent that works in iptables, and one that takes over what another firewall had.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct AgentFirewallTests {
    private static let toBeta = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private static let noneToBeta = [Policies.ingress("beta", from: [])]

    private func backend(_ variant: IptablesVariant) -> [String] {
      ["--backend", "iptables", "--iptables-variant", variant.rawValue]
    }

    private func attempt(_ from: String, _ to: String = "10.244.1.2") throws -> LabAttempt {
      LabAttempt(.udp, from: from, to: try parse(to), port: 53)
    }

    @Test(arguments: IptablesVariant.allCases)
    func `objects come, change and go, in both families`(_ variant: IptablesVariant) throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started(backend(variant))
      #expect(agent.output.contains("firewall=\"iptables (\(variant.rawValue))\""))
      for address in ["10.244.1.2", "fd00:244::1:2"] {
        #expect(try !node.laboratory.run([attempt("alpha", address)])[0])
      }
      try node.write(Self.toBeta)
      for address in ["10.244.1.2", "fd00:244::1:2"] {
        #expect(try node.becomes(true, attempt("alpha", address)))
        #expect(try !node.laboratory.run([attempt("gamma", address)])[0])
      }
      // What cannot be read isolates.
      try node.write([
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: bad, namespace: shop}, spec: {podSelector: {}, ingress: [{from: 7}]}}"
      ])
      #expect(try node.becomes(false, attempt("alpha")))
      #expect(agent.waitForOutput("its pods are isolated"))
      try node.write([])
      #expect(try node.becomes(true, attempt("gamma")))
      try node.write(Self.noneToBeta)
      #expect(try node.becomes(false, attempt("gamma")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      #expect(try node.node.reaching("beta") == [])
      try node.node.cleanGeneration()
      let command = try node.node.applying(Self.noneToBeta)
      let said = try node.node.runFilter(command, variant).errors
      #expect(said.contains("the kernel holds it already, nothing sent"), "\(said)")
    }

    @Test(arguments: IptablesVariant.allCases)
    func `rules move between firewalls, and none is left behind`(_ variant: IptablesVariant) throws
    {
      let node = try AgentNode(Self.toBeta)
      try node.node.apply(Self.toBeta)
      let first = try node.run(backend(variant) + ["--once"])
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.errors.contains("the rules are in iptables (\(variant.rawValue)) now"))
      #expect(try node.node.installed().tables.isEmpty)
      #expect(try node.node.reaching("beta") == ["alpha"])
      try node.node.cleanGeneration()
      let second = try node.run(backend(variant.other) + ["--once"])
      #expect(second.status == 0, "\(second.errors)")
      #expect(try node.node.installedFilter(variant).filter.tables.isEmpty)
      #expect(try node.node.reaching("beta") == ["alpha"])
      let third = try node.run(["--once"])
      #expect(third.status == 0, "\(third.errors)")
      #expect(third.errors.contains("the rules are in nftables now"))
      #expect(try node.node.installedFilter(variant.other) == .nothing)
      #expect(try node.node.reaching("beta") == ["alpha"])
      try node.node.cleanGeneration()
    }

    @Test(arguments: IptablesVariant.allCases)
    func `while rules move, nothing gets through and nothing is lost`(
      _ variant: IptablesVariant
    ) throws {
      let node = try AgentNode([Policies.ingress("gamma", from: [Policies.pod("alpha")])])
      #expect(try node.run(["--once"]).status == 0)
      let flood = try node.laboratory.flood(from: ["alpha", "beta"], to: "gamma", port: 9)
      let thread = try BackgroundThread { flood.step() }
      try eventually { flood.counts().allSatisfy { $0.sent > 100 } }
      for arguments in [backend(variant), [], backend(variant)] {
        let result = try node.run(arguments + ["--once"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("now from="), "\(result.errors)")
      }
      thread.stop()
      for count in flood.counts() {
        #expect(count.sent > 500, "\(count)")
        #expect(count.received == (count.from == "alpha" ? count.sent : 0), "\(count)")
      }
    }

    @Test(arguments: [
      (IptablesVariant.nft, "600"), (.legacy, "1"),
    ])
    func `what somebody else does to our rules is put right`(
      _ variant: IptablesVariant, _ resync: String
    ) throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started(backend(variant) + ["--resync", resync])
      #expect(try !node.laboratory.run([attempt("alpha")])[0])
      usleep(1_200_000)
      #expect(!agent.output.contains("somebody else"))
      let flush = ["iptables-\(variant.rawValue)", "-F", "FORWARD"]
      #expect(try node.laboratory.runInNode(flush).succeeded)
      #expect(agent.waitForOutput("somebody else changed our tables"), "\(agent.output)")
      #expect(try node.becomes(false, attempt("alpha")))
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
    }

    @Test(arguments: Confinement.allCases)
    func `without the right to name sets it does not begin`(_ confinement: Confinement) throws {
      let node = try AgentNode(Self.noneToBeta)
      try node.node.apply(Self.noneToBeta)
      let agent = try node.start(confined: confinement, "--backend", "iptables")
      #expect(agent.wait() == 3)
      #expect(agent.output.contains("root with CAP_NET_RAW"), "\(agent.output)")
      #expect(try node.node.reaching("beta") == [])
      #expect(try !node.node.installed().isEmpty)
    }

    @Test func `denied packets are told, and connections that become denied are ended`() throws {
      let node = try AgentNode(Self.toBeta)
      let agent = try node.started(backend(.nft) + ["--deny-log"])
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      try node.write(Self.noneToBeta)
      #expect(agent.waitForOutput("ended open connections that are denied now"), "\(agent.output)")
      #expect(try stream.push(from: .client) != .alive)
      #expect(try node.becomes(false, attempt("alpha")))
      #expect(agent.waitForOutput("netpolc.deny/v1"))
      let line = agent.output.split(separator: "\n").first { $0.contains("netpolc.deny/v1") } ?? ""
      for part in ["alpha", "beta", "shop/beta-ingress"] { #expect(line.contains(part), "\(line)") }
    }

    @Test func `told so, it takes its rules along`() throws {
      let node = try AgentNode(Self.noneToBeta)
      let agent = try node.started(backend(.nft) + ["--on-exit", "remove"])
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      #expect(try node.node.installedFilter() == .nothing)
      #expect(try node.becomes(true, attempt("alpha")))
    }

    @Test func `after a boot without a source, what was in force last is so again`() throws {
      let node = try AgentNode(Self.toBeta)
      #expect(try node.run(backend(.nft) + ["--once"]).status == 0)
      try node.laboratory.flushRuleset()
      #expect(try node.laboratory.runInNode(["ipset", "destroy"]).succeeded)
      node.hideManifests()
      defer { node.showManifests() }
      let agent = try node.start(backend(.nft) + ["--start-timeout", "0.3"])
      #expect(agent.waitForOutput("what was in force last is in force again"), "\(agent.output)")
      #expect(try node.node.reaching("beta") == ["alpha"])
    }

    @Test func `translation goes along, and is not taken away`() throws {
      let lab = try MasqueradeLab()
      let pods = ["--masq-from", "10.244.0.0/16", "--masq-from", "fd00:244::/32"]
      try lab.apply(pods)
      let refused = try lab.startAgent(backend(.nft))
      #expect(refused.wait() == 3)
      #expect(refused.output.contains("start it with --masq-from or --masq"), "\(refused.output)")
      let agent = try lab.startedAgent(backend(.nft) + pods)
      try lab.check([.podToOtherNode: .node, .podToInternet: .node])
      agent.send(signal: SIGTERM)
      #expect(agent.wait() == 0)
      let without = try lab.startAgent([])
      #expect(without.wait() == 3)
      #expect(without.output.contains("translate pods' sources"), "\(without.output)")
    }
  }
}
