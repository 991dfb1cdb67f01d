import Host
import TestSupport
import Testing

/// What someone sees who gets the node agent's command line wrong.
@Suite struct AgentUsageTests {
  @Test func `the help has examples and fits a terminal`() throws {
    let result = try runProcess([Program.agentPath, "--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("EXAMPLES\n  netpolc-agent "))
    for code in ["0 ", "3 ", "64"] { #expect(result.output.contains("\n  \(code) ")) }
  }

  @Test(arguments: [
    (["--node-nam", "n"], "Unknown option '--node-nam'"),
    (["--node-name", "n", "--source", "file:x"], "The value 'file:x' is invalid"),
    (["--once", "--on-exit", "remove"], "netpolc uninstall removes rules"),
    (["--health-bind", "nowhere"], "nowhere is no address"),
    (["--start-timeout=-1"], "between 0 and 3600"),
    (["--masq-skip", "10.0.0.0/8"], "there is nothing to translate"),
    (["--masq-config", "conf"], "which the agent leaves to it; give --masq own or override"),
    (["--anti-spoof"], "must know by which interfaces pods send; give --cni"),
    (["--cni-results", "results"], "says where --anti-spoof looks"),
    (["--iptables-variant", "nft", "--backend", "nftables"], "is about --backend iptables"),
    (["--anti-spoof", "--cni", "ptp", "--backend", "iptables"], "made for nftables only"),
    (["--deny-events", "--source", "dir:manifests"], "they need --source cluster"),
    (["--resync", "0"], "at least 1 second"),
    (["--apply-interval-max", "0"], "between 1 and 10000 ms"),
  ])
  func `wrong usage is 64, and the reason is said`(_ arguments: [String], _ reason: String) throws {
    let result = try runProcess([Program.agentPath] + arguments)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(result.errors.contains(reason), "\(result.errors)")
  }
}
