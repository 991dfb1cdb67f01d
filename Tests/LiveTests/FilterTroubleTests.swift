import Apply
import Host
import Iptables
import NetSets
import Nftables
import TestSupport
import Testing

extension Live {
  /// Tools that refuse, applies that are killed, and scripts that have company.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct FilterTroubleTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private let others = Policies.ofOthers

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    @Test(
      arguments: ["ipset", "iptables-restore", "ip6tables-restore"],
      ["echo $0: no luck >&2; exit 1", "REAL \"$@\"; echo $0: no luck >&2; exit 1"])
    func `what a tool refuses leaves the old rules in force`(_ tool: String, _ body: String) throws
    {
      try node.applyFilter(policies)
      let before = try node.installedFilter()
      let marker = "\(node.stateDirectory)/refused"
      // Only once: what was there before is put back by the same tool.
      let path = try node.fake(
        tool, "[ -e \(marker) ] && exec REAL \"$@\"; : >\(marker); \(body)")
      let result = try node.runFilter(try node.applying(others), .nft, path: path, expecting: 3)
      #expect(result.errors.contains("\(tool): "), "\(result.errors)")
      #expect(result.errors.contains("no luck"), "\(result.errors)")
      #expect(result.errors.contains("what was there before is in force"), "\(result.errors)")
      #expect(try node.installedFilter() == before)
      #expect(try node.reaching("beta") == ["alpha"])
      #expect(try node.cleanGeneration() == "1")
      try node.applyFilter(others)
      #expect(try node.cleanGeneration() == "2")
    }

    @Test func `when putting back fails as well, that is said`() throws {
      try node.applyFilter(policies)
      let path = try node.fake("ip6tables-restore", "echo $0: no luck >&2; exit 1")
      _ = try node.fake(
        "iptables-restore",
        "[ -e \(path)/once ] && { echo not again >&2; exit 1; }; : >\(path)/once; exec REAL \"$@\"")
      let said = try node.runFilter(try node.applying(others), .nft, path: path, expecting: 3)
        .errors
      #expect(said.contains("putting back what was there failed as well"), "\(said)")
      #expect(said.contains("netpolc status says what is in force"), "\(said)")
      try node.netpolc("status", expecting: 1)
      try node.applyFilter(others)
      try node.cleanGeneration()
    }

    @Test func `the line that iptables refuses is shown`() throws {
      try node.applyFilter(policies)
      let path = try node.fake("iptables-restore", "sed 's/-m conntrack/-m nosuch/' | REAL \"$@\"")
      try node.netpolc("uninstall")
      let said = try node.runFilter(try node.applying(policies), .nft, path: path, expecting: 3)
        .errors
      #expect(said.contains("(«-A NPC-FORWARD -m conntrack --ctstate "), "\(said)")
    }

    @Test func `without the tools it says which is missing`() throws {
      let path = try #require(node.scratch).path
      let command = ["env", "PATH=\(path)"] + (try node.applying(policies))
      let said = try laboratory.runInNode(
        command + ["--backend", "iptables", "--iptables-variant", "nft"])
      // Where system programs are is searched as well, so that they are found all the same.
      #expect(said.status == 0, "\(said.errors)")
      let fake = try node.fake("ipset", "echo no ipset here >&2; exit 1")
      try node.netpolc("uninstall")
      #expect(
        try node.runFilter(try node.applying(policies), .nft, path: fake, expecting: 3).errors
          .contains(
            "no ipset here"))
      #expect(try node.installedFilter() == .nothing)
    }

    /// Where a kill comes: before or after each step of an apply.
    @Test(
      arguments: ["ipset", "iptables-restore", "ip6tables-restore"], [false, true])
    func `an apply that is killed between its steps opens nothing`(
      _ tool: String, _ isAfter: Bool
    ) throws {
      // What alpha sends to gamma is allowed, and what beta sends is denied, by either.
      let selecting = [Policies.ingress("gamma", from: [Policies.pod("alpha")])]
      let blocking = [
        Policies.ingress("gamma", from: [Policies.pod("alpha")], name: "other"),
        Policies.egress("beta", to: Policies.outside), Policies.stranger(1, app: "alpha"),
      ]
      for firewall in ["nftables", "iptables"] {
        try node.netpolc("uninstall")
        if firewall == "nftables" {
          try node.apply(selecting)
        } else {
          try node.applyFilter(selecting)
        }
        let path = try node.fake(
          tool, isAfter ? "REAL \"$@\"; kill -9 $PPID" : "kill -9 $PPID; sleep 1")
        let killed = try node.runFilter(
          try node.applying(blocking), .nft, path: path, expecting: 137)
        #expect(try node.reaching("gamma") == ["alpha"], "\(firewall): \(killed.errors)")
        // The next has it right again, whatever was left.
        try node.applyFilter(blocking)
        try node.cleanGeneration()
        #expect(try node.reaching("gamma") == ["alpha"])
        #expect(try node.installedFilter().unfinishedSets.isEmpty)
        #expect(try node.installed().tables.isEmpty)
      }
    }

    @Test func `scripts that run at once wait for each other and for netpolc`() throws {
      try node.applyFilter(policies)
      let script = "\(node.stateDirectory)/gen-1.iptables-nft.sh"
      let lock = "\(node.stateDirectory)/lock"
      let runs = try (0..<6).map {
        try laboratory.startInNode(
          [
            "env", "LOCK=\(lock)", "IPTABLES=iptables-nft", "IP6TABLES=ip6tables-nft", "sh", script,
          ],
          output: "\(node.stateDirectory)-run\($0)")
      }
      try node.applyFilter(policies)
      for run in runs { #expect(run.wait() == 0, "\(run.output)") }
      try node.cleanGeneration()
    }
  }
}
