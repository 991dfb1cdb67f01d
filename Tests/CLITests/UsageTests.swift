import Host
import TestSupport
import Testing

/// What someone sees who asks for help, or gets the command line wrong.
@Suite struct UsageTests {
  @Test(arguments: [
    [], ["compile"], ["diff"], ["explain"], ["list"], ["review"], ["graph"], ["lint"], ["max-pods"],
    ["warm-pool"],
    ["test"],
    ["apply"], ["confirm"], ["rollback"], ["status"], ["trace"], ["watch"], ["doctor"],
    ["snapshot"],
    ["uninstall"], ["schema"], ["completion"],
  ])
  func `the help of every command has an example`(_ command: [String]) throws {
    let result = try runProcess([Program.path] + command + ["--help"])
    #expect(result.status == 0)
    #expect(result.output.contains("EXAMPLES\n  netpolc "))
    #expect(
      result.output.split(separator: "\n").allSatisfy { line in
        line.count <= 80 || line.hasPrefix("USAGE:")
      })
  }

  @Test func `help says what the exit codes mean`() throws {
    let help = try runProcess([Program.path, "--help"]).output
    for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "64"] { #expect(help.contains("\n  \(code)  ")) }
  }

  @Test func `the version is a number and nothing else`() throws {
    let result = try runProcess([Program.path, "--version"])
    #expect(result.status == 0)
    let parts = result.output.dropLast().split(separator: ".")
    #expect(parts.count == 3)
    #expect(parts.allSatisfy { Int($0) != nil })
  }

  @Test(arguments: [
    (["nonsense"], "Unexpected argument 'nonsense'"),
    (["compile"], "Missing expected argument '--filename <path> ...'"),
    (["compile", "-f", "x", "--nod", "n"], "Unknown option '--nod'"),
    (["compile", "-f", "x", "-o", "yaml"], "'nft', 'iptables', 'graph' or 'graph-json'"),
    (["compile", "-f", "x", "-o", "nft="], "The value 'nft=' is invalid"),
    (
      ["compile", "-f", "x", "-o", "nft", "-o", "graph"], "only one output goes to standard output"
    ),
    (["compile", "-f", "x", "-o", "iptables"], "is not what --backend nftables makes"),
    (["compile", "-f", "x", "--backend", "iptables", "-o", "nft"], "-o nft is not what"),
    (
      ["apply", "-f", "x", "--iptables-variant", "nft"],
      "--iptables-variant is about --backend iptables"
    ),
    (
      ["diff", "--from", "x", "--backend", "iptables", "--iptables-variant", "nft"],
      "neither side is kernel"
    ),
    (["explain", "-f", "x", "a", "b", "80", "--backend", "iptables"], "what --rules shows"),
    (["watch", "--denies", "--audit-annotation", "a/b"], "policies that -f gives"),
    (["review", "--demo", "--audit-annotation", "a/b"], "--demo brings its own versions"),
    (["lint", "--list-rules", "--audit-annotation", "a/b"], "read no manifests"),
    (["uninstall", "--backend", "ipfw"], "'nftables' and 'iptables'"),
    (["compile", "-f", "x", "--deny", "no"], "'drop' and 'reject'"),
    (["compile", "-f", "x", "--all-nodes", "d", "--node", "n"], "exclude each other"),
    (["compile", "-f", "x", "--all-nodes", "d", "-o", "nft"], "without -o and --source-map"),
    (["diff"], "Missing expected argument '--from <side>'"),
    (["diff", "--from", "git:"], "The value 'git:' is invalid"),
    (["diff", "--from", "git:--exec=x"], "The value 'git:--exec=x' is invalid"),
    // It waits for no lock.
    (["confirm", "--lock-timeout", "5"], "Unknown option '--lock-timeout'"),
    (["apply", "-f", "x", "--confirm-within", "0"], "The value '0' is invalid"),
    (["apply", "-f", "x", "--probe", "tcp:host"], "The value 'tcp:host' is invalid"),
    (["apply", "-f", "x", "--established", "no"], "'cut' and 'keep'"),
    (["diff", "--from", "-", "--to", "-"], "only one side can be standard input"),
    (["diff", "--from", "a", "--stat", "-o", "json"], "--stat counts for people"),
    (["diff", "--from", "a", "--netns", "n"], "neither side is kernel"),
    (["diff", "--from", "a", "--color", "blue"], "'auto', 'always' or 'never'"),
    (["compile", "-f", "x", "-q", "--stats"], "exclude each other"),
    (["compile", "-f", "x", "-o", "graph", "--deny-log"], "none are made"),
    (["explain", "-f", "x", "--flows", "-", "-o", "text"], "--flows answers in json"),
    (["explain", "-f", "x", "--flows", "-", "--rules"], "about one connection"),
    (["explain", "-f", "x", "pod", "a/b", "--near-misses", "3"], "about one connection"),
    (["explain", "-f", "x", "pod", "a/b", "--node", "n2"], "--node is about connections"),
    (["explain", "-f", "x", "policy", "a/b", "--node", "n2"], "--node is about connections"),
    (["explain", "-f", "x", "a", "b", "80", "--near-misses=-1"], "a number from 0"),
    (["explain", "-f", "x", "a", "b", "80", "--deny", "reject"], "what --rules shows"),
    (["list", "-f", "x", "--max-rows", "0"], "a number from 1"),
    (["list", "-f", "x", "--exposure", "--max-rows", "9"], "nothing else is summed up"),
    (["list", "-f", "x", "--exposure", "--unprotected"], "--unprotected"),
    (["list", "-f", "x", "-A", "-n", "shop"], "exclude each other"),
    (["list", "-f", "x", "-o", "csv", "-o", "md"], "only one of csv, md"),
    (["graph", "-f", "x", "-o", "png"], "'svg', 'dot' or 'mermaid'"),
    (["graph", "-f", "x", "--collapse", "node"], "'workload', 'namespace' or 'policy'"),
    (["lint", "--list-rules", "-f", "x"], "stand alone"),
    (["doctor", "--fix-commands", "-o", "json"], "-o json has the commands as well"),
    (["doctor", "--cni", "weave"], "The value 'weave' is invalid for '--cni"),
    (["doctor", "--cluster-cidr", "10.0.0.0"], "The value '10.0.0.0' is invalid"),
    (["warm-pool", "m5.large"], "Missing expected argument '--pods <numbers>'"),
    (["warm-pool", "m5.large", "--pods", "1..2..3"], "The value '1..2..3' is invalid"),
    (["warm-pool", "m5.large", "--pods", "25001"], "The value '25001' is invalid"),
    (["warm-pool", "m5.large", "--pods", "1", "--warm-ip-target=-1"], "a number from 0 to 100000"),
    (["warm-pool", "m5.large", "--pods", "1", "--max-eni", "0"], "a number from 1"),
    (["warm-pool", "m5.large", "--pods", "1", "-o", "csv", "-o", "md"], "only one of csv, md"),
  ])
  func `wrong usage is 64, and the reason is said`(_ arguments: [String], _ reason: String) throws {
    let result = try runProcess([Program.path] + arguments)
    #expect(result.status == 64)
    #expect(result.output == "")
    #expect(result.errors.contains(reason), "\(result.errors)")
  }
}
