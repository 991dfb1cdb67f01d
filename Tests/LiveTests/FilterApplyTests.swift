import Apply
import Glibc
import Host
import Iptables
import NetSets
import Nftables
import TestSupport
import Testing

extension Live {
  /// `apply --backend iptables`, and what goes with it.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct FilterApplyTests {
    private let node: LiveNode
    private let laboratory: Laboratory
    private let policies = [Policies.ingress("beta", from: [Policies.pod("alpha")])]
    private let others = [
      Policies.ingress("gamma", from: [Policies.pod("beta")] + Policies.outside),
      Policies.egress("alpha", to: [Policies.pod("gamma")], name: "beta-ingress"),
      Policies.stranger(1), Policies.stranger(2),
    ]

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    @discardableResult
    private func apply(
      _ policies: [String], _ variant: IptablesVariant = .nft, _ more: String...,
      expecting status: Int32? = 0
    ) throws -> ProcessResult {
      let command = try node.applying(policies)
      return try run(command, variant, more, expecting: status)
    }

    @discardableResult
    private func run(
      _ command: [String], _ variant: IptablesVariant, _ more: [String] = [],
      path: String? = nil, expecting status: Int32? = 0
    ) throws -> ProcessResult {
      let environment = path.map { ["env", "PATH=\($0):/usr/sbin:/usr/bin:/sbin:/bin"] } ?? []
      let backend = ["--backend", "iptables", "--iptables-variant", variant.rawValue]
      let result = try laboratory.runInNode(environment + command + backend + more)
      if let status { #expect(result.status == status, "\(result.errors)\(result.output)") }
      return result
    }

    /// What is ours in a variant; and the sets, which both share.
    private func installed(_ variant: IptablesVariant = .nft) throws -> InstalledFilter {
      try IptablesTools(variant, in: laboratory.nodeNamespace).list().installed()
    }

    /// Which of alpha's, gamma's and outside's attempts at beta arrive.
    private func reaching(_ pod: String) throws -> [String] {
      let target = try parse(["beta": "10.244.1.2", "gamma": "10.244.1.3"][pod] ?? "")
      let sources = ["alpha", "beta", "gamma", "outside"].filter { $0 != pod }
      let attempts = sources.map { LabAttempt(.tcp, from: $0, to: target, port: 80) }
      return zip(sources, try laboratory.run(attempts)).filter(\.1).map(\.0)
    }

    @Test(arguments: IptablesVariant.allCases)
    func `an apply sends what differs, and nothing when that is there`(
      _ variant: IptablesVariant
    ) throws {
      let first = try apply(policies, variant).errors
      #expect(first.contains("generation 0 -> 1 by "), "\(first)")
      #expect(first.contains(variant == .nft ? "(nf_tables)" : "(legacy)"), "\(first)")
      #expect(try reaching("beta") == ["alpha"])
      #expect(try apply(policies, variant).errors.contains("generation 1: the kernel holds it"))
      #expect(try apply(others, variant).errors.contains("generation 1 -> 2 by "))
      #expect(try reaching("gamma") == ["beta", "outside"])
      #expect(try node.cleanGeneration() == "2")
      let status = try node.netpolc("status").output
      #expect(status.contains("iptables filter (\(variant)): "), "\(status)")
      let json = try node.netpolc("status", "-o", "json").output
      #expect(json.contains("\"iptables-\(variant)\"") && json.contains("\"iptables filter\""))
      try node.netpolc("rollback")
      #expect(try reaching("beta") == ["alpha"])
      try node.netpolc("rollback")
      #expect(try reaching("beta") == ["alpha", "gamma", "outside"])
      #expect(try installed(variant) == .nothing)
      try node.netpolc("rollback", "--to", "2")
      #expect(try reaching("gamma") == ["beta", "outside"])
    }

    @Test(arguments: IptablesVariant.allCases)
    func `a preview changes nothing, and the kernel checks it elsewhere`(
      _ variant: IptablesVariant
    ) throws {
      try apply(policies, variant)
      let before = try installed(variant)
      for who in ["client", "kernel"] {
        let result = try apply(others, variant, "--dry-run", who)
        #expect(result.output.contains("iptables filter on n1    kernel -> "))
        #expect(result.output.contains("+ chain NPC-G"))
        #expect(result.errors.contains("kernel accepts the rules") == (who == "kernel"))
      }
      #expect(try installed(variant) == before)
      let nothing = try apply(policies, variant, "--dry-run", "client")
      #expect(nothing.output == "no difference\n")
      #expect(try node.cleanGeneration() == "1")
    }

    @Test(arguments: IptablesVariant.allCases)
    func `what others did to our rules is drift, and an apply mends it`(
      _ variant: IptablesVariant
    ) throws {
      try apply(policies, variant)
      let set = try #require(try installed(variant).filter.sets.first { $0.family == .ipv4 }).name
      let damages = [
        ("iptables-\(variant) -I FORWARD -j ACCEPT", "rules of others ahead of it"),
        ("iptables-\(variant) -D FORWARD -j NPC-FORWARD", "- jump FORWARD"),
        ("iptables-\(variant) -F NPC-DENY-IN", "chain NPC-DENY-IN"),
        ("ip6tables-\(variant) -A NPC-NEW -j RETURN", "chain NPC-NEW"),
        ("ip6tables-\(variant) -N NPC-MINE", "+ chain NPC-MINE"),
        ("ipset flush \(set)", "set \(set)"),
        ("ipset add \(set) 192.0.2.99", "+   192.0.2.99"),
        ("ipset create npc-p4-mine hash:ip hashsize 64 maxelem 16777216", "+ set npc-p4-mine"),
      ]
      for (command, words) in damages {
        #expect(try laboratory.runInNode(["sh", "-c", command]).succeeded, "\(command)")
        let status = try node.netpolc("status", expecting: 1).output
        #expect(status.contains(words), "\(command): \(status)")
        let diff = try run(
          [Program.path, "diff", "--from", "kernel", "--to", manifest(), "--node", "n1"], variant,
          expecting: 1)
        #expect(diff.output.hasSuffix(".\n"))
        try apply(policies, variant)
        try node.cleanGeneration()
        #expect(try reaching("beta") == ["alpha"], "\(command)")
      }
      try run(
        [Program.path, "diff", "--from", "kernel", "--to", manifest(), "--node", "n1"], variant)
      let script = "\(node.stateDirectory)/gen-1.iptables-\(variant).sh"
      let same = try run([Program.path, "diff", "--from", script, "--to", "kernel"], variant)
      #expect(same.output == "no difference\n")
    }

    private func manifest() throws -> String {
      let scratch = try #require(node.scratch)
      try scratch.write("policies.yaml", Policies.manifest(policies))
      return "\(scratch.path)/policies.yaml"
    }

    @Test func `what netpolc never writes is named, and nothing is changed`() throws {
      try apply(policies)
      #expect(
        try laboratory.runInNode(["iptables-nft", "-A", "NPC-NEW", "-i", "eth0", "-j", "DROP"])
          .succeeded)
      let before = try laboratory.rules(.ipv4, .nft)
      let said = try apply(others, expecting: 3).errors
      #expect(said.contains("NPC-NEW: -i is never part of a rule of ours"), "\(said)")
      #expect(said.contains("netpolc uninstall --backend iptables removes it"), "\(said)")
      #expect(try laboratory.rules(.ipv4, .nft) == before)
      try node.netpolc("status", expecting: 3)
      // As it says.
      try node.netpolc("uninstall", "--backend", "iptables")
      #expect(try installed() == .nothing)
      try apply(others)
      try node.cleanGeneration()
    }

    @Test func `removing takes away ours from wherever they are, and nothing else`() throws {
      let theirs = """
        ipset create npc-other hash:ip && iptables-nft -A FORWARD -p udp -j ACCEPT \
        && iptables-legacy -A FORWARD -p udp -j ACCEPT && nft add table ip theirs
        """
      #expect(try laboratory.runInNode(["sh", "-ec", theirs]).succeeded)
      let before = try IptablesVariant.allCases.map { try laboratory.rules(.ipv4, $0) }
      try apply(policies, .nft)
      // By hand, as somebody does who does not know.
      let script = "\(node.stateDirectory)/gen-1.iptables-nft.sh"
      let again = ["IPTABLES=iptables-legacy", "IP6TABLES=ip6tables-legacy", "LOCK="]
      #expect(try laboratory.runInNode(["env"] + again + ["sh", script]).succeeded)
      let status = try node.netpolc("status", expecting: 1).output
      #expect(status.contains("iptables filter (legacy)"), "\(status)")
      #expect(status.contains("netpolc uninstall --backend"), "\(status)")
      let said = try node.netpolc("uninstall").errors
      for variant in IptablesVariant.allCases {
        #expect(said.contains("from iptables (\(variant))"), "\(said)")
        #expect(try installed(variant) == .nothing)
      }
      #expect(try IptablesVariant.allCases.map { try laboratory.rules(.ipv4, $0) } == before)
      #expect(try laboratory.runInNode(["ipset", "list", "-n"]).output == "npc-other\n")
      #expect(try laboratory.nft(["list", "tables"]).contains("table ip theirs"))
      #expect(try node.netpolc("uninstall").errors.contains("there was nothing to remove"))
      #expect(try node.netpolc("status").output.contains("enforcing  nothing"))
    }

    @Test func `a rule of others that leads into ours is named when it is in the way`() throws {
      try apply(policies)
      let chain = try #require(
        try installed().filter.table(.ipv4)?.chains.first { $0.name.hasPrefix("NPC-GI") }
      ).name
      let rule = ["iptables-nft", "-A", "OUTPUT", "-j", chain]
      #expect(try laboratory.runInNode(rule).succeeded)
      let before = try installed()
      let said = try apply(others, expecting: 3).errors
      #expect(said.contains("remove them first: iptables -A OUTPUT -j \(chain)"), "\(said)")
      #expect(said.contains("what was there before is in force"), "\(said)")
      #expect(try installed() == before)
      #expect(try node.netpolc("uninstall", expecting: 3).errors.contains("remove them first"))
      #expect(try reaching("beta") == ["alpha"])
    }

    // MARK: - Switching

    @Test func `rules go from firewall to firewall and back`() throws {
      try node.apply(policies)
      #expect(try apply(policies, .nft).errors.contains("removed our rules from nftables"))
      #expect(try node.installed().tables.isEmpty)
      let said = try apply(policies, .legacy).errors
      #expect(said.contains("removed our rules from iptables (nft)"), "\(said)")
      #expect(try installed(.nft).filter.tables.isEmpty)
      try node.cleanGeneration()
      let back = try node.apply(policies).errors
      #expect(back.contains("removed our rules from iptables (legacy)"), "\(back)")
      #expect(try installed(.legacy) == .nothing)
      try node.cleanGeneration()
      for (generation, variant) in [(3, IptablesVariant.legacy), (2, .nft)] {
        try node.netpolc("rollback")
        #expect(try node.cleanGeneration() == "\(generation)")
        #expect(try !installed(variant).filter.tables.isEmpty)
        #expect(try installed(variant.other).filter.tables.isEmpty)
        #expect(try node.installed().tables.isEmpty)
        #expect(try reaching("beta") == ["alpha"])
      }
      try node.netpolc("rollback")
      #expect(try node.cleanGeneration() == "1")
      #expect(try !node.installed().tables.isEmpty)
      #expect(try installed() == .nothing)
    }

    @Test func `masquerade of ours is not ended silently`() throws {
      try node.apply(policies, "--masq-from", "10.244.0.0/16")
      let said = try apply(policies, expecting: 2).errors
      #expect(said.contains("our tables in nftables masquerade"), "\(said)")
      #expect(try node.cleanGeneration() == "1")
      #expect(try installed() == .nothing)
      try node.apply(policies)
      try apply(policies)
      try node.cleanGeneration()
    }

    @Test func `what a script brought before the first apply can be had back`() throws {
      try apply(policies, .legacy)
      let script = "\(node.stateDirectory)/gen-1.iptables-legacy.sh"
      #expect(try laboratory.runInNode(["rm", "-f", "\(node.stateDirectory)/current"]).succeeded)
      try node.apply(others)
      #expect(try installed(.legacy) == .nothing)
      try node.netpolc("rollback")
      #expect(try reaching("beta") == ["alpha"])
      #expect(try !installed(.legacy).filter.tables.isEmpty)
      #expect(try laboratory.runInNode(["test", "-e", script]).succeeded)
    }

    // MARK: - Refusals

    /// A directory for PATH in which a tool does something else than it should.
    private func fake(_ tool: String, _ body: String) throws -> String {
      let scratch = try #require(node.scratch)
      let real = try #require(findExecutable(tool))
      let script = """
        #!/bin/sh
        case "$*" in *--version*|save) exec \(real) "$@" ;; esac
        \(body.replacing("REAL", with: real))
        """
      try scratch.write("fakes/\(tool)", script)
      try scratch.run(["chmod", "755", "fakes/\(tool)"])
      return "\(scratch.path)/fakes"
    }

    @Test(
      arguments: ["ipset", "iptables-restore", "ip6tables-restore"],
      ["echo $0: no luck >&2; exit 1", "REAL \"$@\"; echo $0: no luck >&2; exit 1"])
    func `what a tool refuses leaves the old rules in force`(_ tool: String, _ body: String) throws
    {
      try apply(policies)
      let before = try installed()
      let marker = "\(node.stateDirectory)/refused"
      // Only once: what was there before is put back by the same tool.
      let path = try fake(
        tool, "[ -e \(marker) ] && exec REAL \"$@\"; : >\(marker); \(body)")
      let result = try run(try node.applying(others), .nft, path: path, expecting: 3)
      #expect(result.errors.contains("\(tool): "), "\(result.errors)")
      #expect(result.errors.contains("no luck"), "\(result.errors)")
      #expect(result.errors.contains("what was there before is in force"), "\(result.errors)")
      #expect(try installed() == before)
      #expect(try reaching("beta") == ["alpha"])
      #expect(try node.cleanGeneration() == "1")
      try apply(others)
      #expect(try node.cleanGeneration() == "2")
    }

    @Test func `when putting back fails as well, that is said`() throws {
      try apply(policies)
      let path = try fake("ip6tables-restore", "echo $0: no luck >&2; exit 1")
      _ = try fake(
        "iptables-restore",
        "[ -e \(path)/once ] && { echo not again >&2; exit 1; }; : >\(path)/once; exec REAL \"$@\"")
      let said = try run(try node.applying(others), .nft, path: path, expecting: 3).errors
      #expect(said.contains("putting back what was there failed as well"), "\(said)")
      #expect(said.contains("netpolc status says what is in force"), "\(said)")
      try node.netpolc("status", expecting: 1)
      try apply(others)
      try node.cleanGeneration()
    }

    @Test func `the line that iptables refuses is shown`() throws {
      try apply(policies)
      let path = try fake("iptables-restore", "sed 's/-m conntrack/-m nosuch/' | REAL \"$@\"")
      try node.netpolc("uninstall")
      let said = try run(try node.applying(policies), .nft, path: path, expecting: 3).errors
      #expect(said.contains("(«-A NPC-FORWARD -m conntrack --ctstate "), "\(said)")
    }

    @Test func `without the tools it says which is missing`() throws {
      let path = try #require(node.scratch).path
      let command = ["env", "PATH=\(path)"] + (try node.applying(policies))
      let said = try laboratory.runInNode(
        command + ["--backend", "iptables", "--iptables-variant", "nft"])
      // Where system programs are is searched as well, so that they are found all the same.
      #expect(said.status == 0, "\(said.errors)")
      let fake = try fake("ipset", "echo no ipset here >&2; exit 1")
      try node.netpolc("uninstall")
      #expect(
        try run(try node.applying(policies), .nft, path: fake, expecting: 3).errors.contains(
          "no ipset here"))
      #expect(try installed() == .nothing)
    }

    // MARK: - Interruptions

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
        if firewall == "nftables" { try node.apply(selecting) } else { try apply(selecting) }
        let path = try fake(
          tool, isAfter ? "REAL \"$@\"; kill -9 $PPID" : "kill -9 $PPID; sleep 1")
        let killed = try run(try node.applying(blocking), .nft, path: path, expecting: 137)
        #expect(try reaching("gamma") == ["alpha"], "\(firewall): \(killed.errors)")
        // The next has it right again, whatever was left.
        try apply(blocking)
        try node.cleanGeneration()
        #expect(try reaching("gamma") == ["alpha"])
        #expect(try installed().unfinishedSets.isEmpty)
        #expect(try node.installed().tables.isEmpty)
      }
    }

    @Test func `what is not confirmed goes back, also to another firewall`() throws {
      try node.apply(policies)
      let result = try apply(others, .legacy, "--confirm-within", "1s", expecting: 4)
      #expect(result.errors.contains("rolled back to generation 1"), "\(result.errors)")
      #expect(try node.cleanGeneration() == "1")
      #expect(try installed(.legacy) == .nothing)
      #expect(try reaching("beta") == ["alpha"])
      let probed = try apply(others, .nft, "--probe", "tcp:127.0.0.1:9", expecting: 4)
      #expect(probed.errors.contains("a probe failed"))
      #expect(try node.cleanGeneration() == "1")
    }

    @Test(arguments: IptablesVariant.allCases)
    func `replacing and switching let nothing through and lose nothing`(
      _ variant: IptablesVariant
    ) throws {
      let selecting = [Policies.ingress("gamma", from: [Policies.pod("alpha")])]
      let blocking = [
        Policies.ingress(
          "gamma",
          from: ["ipBlock: {cidr: 10.244.1.1/32}", "ipBlock: {cidr: 'fd00:244::1:1/128'}"],
          name: "blocks"),
        Policies.egress("alpha", to: [Policies.pod("gamma"), Policies.pod("stranger")]),
        Policies.egress("beta", to: Policies.outside), Policies.stranger(1),
      ]
      try apply(selecting, variant)
      let flood = try laboratory.flood(from: ["alpha", "beta"], to: "gamma", port: 9)
      let thread = try BackgroundThread { flood.step() }
      for number in 1...24 {
        let policies = number % 2 == 0 ? selecting : blocking
        switch number % 8 {
        // Without cutting, which would look at each of thousands of flows.
        case 5: try node.apply(policies, "--established", "keep")
        case 6: try apply(policies, variant.other, "--established", "keep")
        default: try apply(policies, variant, "--established", "keep")
        }
      }
      thread.stop()
      for count in flood.counts() {
        #expect(count.sent > 500, "\(count)")
        #expect(count.received == (count.from == "alpha" ? count.sent : 0), "\(count)")
      }
    }

    @Test func `scripts that run at once wait for each other and for netpolc`() throws {
      try apply(policies)
      let script = "\(node.stateDirectory)/gen-1.iptables-nft.sh"
      let lock = "\(node.stateDirectory)/lock"
      let runs = try (0..<6).map {
        try laboratory.startInNode(
          [
            "env", "LOCK=\(lock)", "IPTABLES=iptables-nft", "IP6TABLES=ip6tables-nft", "sh", script,
          ],
          output: "\(node.stateDirectory)-run\($0)")
      }
      try apply(policies)
      for run in runs { #expect(run.wait() == 0, "\(run.output)") }
      try node.cleanGeneration()
    }

    // MARK: - Open connections

    @Test(arguments: IptablesVariant.allCases)
    func `what becomes denied ends at once, and what stays allowed goes on`(
      _ variant: IptablesVariant
    ) throws {
      try apply(
        [Policies.ingress("beta", from: [Policies.pod("alpha"), Policies.pod("gamma")])],
        variant)
      let stays = try laboratory.stream(from: "gamma", to: LabReceiver("10.244.1.2", 80))
      let ends = try laboratory.stream(from: "alpha", to: LabReceiver("fd00:244::1:2", 80))
      for stream in [stays, ends] { #expect(try stream.push(from: .client) == .alive) }
      let denied = [Policies.ingress("beta", from: [Policies.pod("gamma")])]
      let kept = try apply(denied, variant, "--established", "keep").errors
      #expect(!kept.contains("cut"))
      #expect(try ends.push(from: .client) == .alive)
      #expect(try apply(denied, variant).errors.contains("cut 1 open connection"))
      for side in LabSide.allCases {
        #expect(try ends.push(from: side) == .reset)
        #expect(try stays.push(from: side) == .alive)
      }
    }

    @Test func `where nothing was tracked before, what is open goes on`() throws {
      let node = try LiveNode(tracks: false)
      let stream = try node.laboratory.stream(from: "alpha", to: LabReceiver("10.244.1.2", 80))
      #expect(try stream.push(from: .client) == .alive)
      let backend = ["--backend", "iptables"]
      let first = try node.laboratory.runInNode(try node.applying(policies) + backend).errors
      #expect(first.contains("connections were not tracked here before"), "\(first)")
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
      let second = try node.laboratory.runInNode(try node.applying(policies) + backend).errors
      #expect(second.contains("by 0 sets and 2 chains"), "\(second)")
      for side in LabSide.allCases { #expect(try stream.push(from: side) == .alive) }
    }
  }
}
