import Glibc
import Host
import Nftables
import TestSupport
import Testing

extension Live {
  /// What makes an apply fail, and what it says then.
  @Suite struct RefusedApplyTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private let others = [Policies.ingress("gamma", from: [Policies.pod("alpha")])]

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    @Test(arguments: [
      "add chain ip netpolc mine { type nat hook output priority 100; }",
      "add rule ip netpolc g-new ip ttl 5 accept",
      "add set ip netpolc mine { type ipv4_addr; flags timeout; }",
    ])
    func `what netpolc never writes is named, and nothing is changed`(_ command: String) throws {
      try node.apply(policies)
      try laboratory.nft(["-f", "-"], input: command + "\n")
      let before = try node.rules()
      let said = try node.apply(others, expecting: 3).errors
      #expect(said.contains("netpolc never writes"), "\(said)")
      #expect(said.contains("netpolc uninstall removes it"), "\(said)")
      #expect(try node.rules() == before)
      try node.netpolc("status", expecting: 3)
      // As it says.
      try node.netpolc("uninstall")
      #expect(try !laboratory.nft(["list", "tables"]).contains("netpolc"))
      try node.apply(others)
      try node.cleanGeneration()
    }

    @Test func `a chain of ours with another hook is replaced, or named`() throws {
      try laboratory.load(
        ruleset: """
          table ip netpolc {
            chain hook-egress { type filter hook input priority 0; policy accept; }
            set p-1 { type ipv4_addr; }
          }
          """)
      try node.apply(policies)
      try node.cleanGeneration()
    }

    @Test func `without the right to keep a record it fails`() throws {
      let directory = "/proc/netpolc"
      let result = try laboratory.runInNode(
        [Program.path, "status", "--state-dir", directory])
      #expect(result.status == 3)
      #expect(result.errors.contains(directory), "\(result.errors)")
    }

    @Test func `of two at once, the second waits`() throws {
      try node.apply(policies)
      let first = try node.startApply(others, "--confirm-within", "20s")
      #expect(first.waitForOutput("Keep it?"))
      let said = try node.apply(policies, "--lock-timeout", "0.1", expecting: 3).errors
      #expect(said.contains("process \(first.id) "), "\(said)")
      let second = try node.startApply(policies)
      sleepMilliseconds(200)
      #expect(second.output == "")
      try node.netpolc("confirm")
      #expect(first.wait() == 0)
      #expect(second.wait() == 0, "\(second.output)")
      #expect(second.output.contains("generation 2 -> 3"))
      #expect(try node.cleanGeneration() == "3")
    }

    @Test func `status and confirm do not wait for who asks for confirmation`() throws {
      let apply = try node.startApply(policies, "--confirm-within", "20s")
      #expect(apply.waitForOutput("Keep it?"))
      let start = ContinuousClock.now
      let status = try node.netpolc("status", expecting: 1)
      #expect(status.output.contains("generation 1 waits for netpolc confirm"))
      #expect(ContinuousClock.now - start < .seconds(5))
      try node.netpolc("confirm")
      #expect(apply.wait() == 0)
      try node.netpolc("confirm", expecting: 1)
    }

    /// As nobody, with one capability or with none.
    private func asNobody(_ capabilities: String, _ command: [String]) throws -> ProcessResult {
      let lists = ["--inh-caps", "--ambient-caps", "--bounding-set"].map {
        "\($0)=-all\(capabilities)"
      }
      return try laboratory.runInNode(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + lists + command)
    }

    @Test(.enabled(if: findExecutable("setpriv") != nil, "There is no setpriv."))
    func `CAP_NET_ADMIN is enough, and nothing else is`() throws {
      let scratch = try #require(node.scratch)
      try scratch.run([
        "sh", "-c", "mkdir state && cp \"$1\" netpolc; chmod 755 .; chown 65534 state",
        "sh", Program.path,
      ])
      var command = try node.applying(policies)
      command[0] = "\(scratch.path)/netpolc"
      let refused = try asNobody("", command)
      #expect(refused.status == 3)
      #expect(refused.errors.contains("CAP_NET_ADMIN"), "\(refused.errors)")
      let done = try asNobody(",+net_admin", command)
      #expect(done.status == 0, "\(done.errors)")
      #expect(
        try asNobody(",+net_admin", [command[0], "status", "--state-dir", node.stateDirectory])
          .status == 0)
      #expect(try node.installed().tables.count == 2)
      let unreadable = try asNobody(",+net_admin", Array(command.dropLast()) + ["/root/netpolc"])
      #expect(unreadable.status == 3)
      #expect(unreadable.errors.contains("--state-dir"), "\(unreadable.errors)")
    }
  }
}
