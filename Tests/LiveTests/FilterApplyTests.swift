import Apply
import Host
import Iptables
import NetSets
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
    private let others = Policies.ofOthers

    init() throws {
      node = try LiveNode()
      laboratory = node.laboratory
    }

    @Test(arguments: IptablesVariant.allCases)
    func `an apply sends what differs, and nothing when that is there`(
      _ variant: IptablesVariant
    ) throws {
      let first = try node.applyFilter(policies, variant).errors
      #expect(first.contains("generation 0 -> 1 by "), "\(first)")
      #expect(first.contains(variant == .nft ? "(nf_tables)" : "(legacy)"), "\(first)")
      #expect(try node.reaching("beta") == ["alpha"])
      #expect(
        try node.applyFilter(policies, variant).errors.contains("generation 1: the kernel holds it")
      )
      #expect(try node.applyFilter(others, variant).errors.contains("generation 1 -> 2 by "))
      #expect(try node.reaching("gamma") == ["beta", "outside"])
      #expect(try node.cleanGeneration() == "2")
      let status = try node.netpolc("status").output
      #expect(status.contains("iptables filter (\(variant)): "), "\(status)")
      let json = try node.netpolc("status", "-o", "json").output
      #expect(json.contains("\"iptables-\(variant)\"") && json.contains("\"iptables filter\""))
      try node.netpolc("rollback")
      #expect(try node.reaching("beta") == ["alpha"])
      try node.netpolc("rollback")
      #expect(try node.reaching("beta") == ["alpha", "gamma", "outside"])
      #expect(try node.installedFilter(variant) == .nothing)
      try node.netpolc("rollback", "--to", "2")
      #expect(try node.reaching("gamma") == ["beta", "outside"])
    }

    @Test(arguments: IptablesVariant.allCases)
    func `a preview changes nothing, and the kernel checks it elsewhere`(
      _ variant: IptablesVariant
    ) throws {
      try node.applyFilter(policies, variant)
      let before = try node.installedFilter(variant)
      for who in ["client", "kernel"] {
        let result = try node.applyFilter(others, variant, "--dry-run", who)
        #expect(result.output.contains("iptables filter on n1    kernel -> "))
        #expect(result.output.contains("+ chain NPC-G"))
        #expect(result.errors.contains("kernel accepts the rules") == (who == "kernel"))
      }
      #expect(try node.installedFilter(variant) == before)
      let nothing = try node.applyFilter(policies, variant, "--dry-run", "client")
      #expect(nothing.output == "no difference\n")
      #expect(try node.cleanGeneration() == "1")
    }

    @Test(arguments: IptablesVariant.allCases)
    func `what others did to our rules is drift, and an apply mends it`(
      _ variant: IptablesVariant
    ) throws {
      try node.applyFilter(policies, variant)
      let set = try #require(
        try node.installedFilter(variant).filter.sets.first { $0.family == .ipv4 }
      ).name
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
        let diff = try node.runFilter(
          [Program.path, "diff", "--from", "kernel", "--to", manifest(), "--node", "n1"], variant,
          expecting: 1)
        #expect(diff.output.hasSuffix(".\n"))
        try node.applyFilter(policies, variant)
        try node.cleanGeneration()
        #expect(try node.reaching("beta") == ["alpha"], "\(command)")
      }
      try node.runFilter(
        [Program.path, "diff", "--from", "kernel", "--to", manifest(), "--node", "n1"], variant)
      let script = "\(node.stateDirectory)/gen-1.iptables-\(variant).sh"
      let same = try node.runFilter(
        [Program.path, "diff", "--from", script, "--to", "kernel"], variant)
      #expect(same.output == "no difference\n")
    }

    private func manifest() throws -> String {
      let scratch = try #require(node.scratch)
      try scratch.write("policies.yaml", Policies.manifest(policies))
      return "\(scratch.path)/policies.yaml"
    }

    @Test func `what netpolc never writes is named, and nothing is changed`() throws {
      try node.applyFilter(policies)
      #expect(
        try laboratory.runInNode(["iptables-nft", "-A", "NPC-NEW", "-i", "eth0", "-j", "DROP"])
          .succeeded)
      let before = try laboratory.rules(.ipv4, .nft)
      let said = try node.applyFilter(others, expecting: 3).errors
      #expect(said.contains("NPC-NEW: -i is never part of a rule of ours"), "\(said)")
      #expect(said.contains("netpolc uninstall --backend iptables removes it"), "\(said)")
      #expect(try laboratory.rules(.ipv4, .nft) == before)
      try node.netpolc("status", expecting: 3)
      // As it says.
      try node.netpolc("uninstall", "--backend", "iptables")
      #expect(try node.installedFilter() == .nothing)
      try node.applyFilter(others)
      try node.cleanGeneration()
    }

    @Test func `removing takes away ours from wherever they are, and nothing else`() throws {
      let theirs = """
        ipset create npc-other hash:ip && iptables-nft -A FORWARD -p udp -j ACCEPT \
        && iptables-legacy -A FORWARD -p udp -j ACCEPT && nft add table ip theirs
        """
      #expect(try laboratory.runInNode(["sh", "-ec", theirs]).succeeded)
      let before = try IptablesVariant.allCases.map { try laboratory.rules(.ipv4, $0) }
      try node.applyFilter(policies, .nft)
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
        #expect(try node.installedFilter(variant) == .nothing)
      }
      #expect(try IptablesVariant.allCases.map { try laboratory.rules(.ipv4, $0) } == before)
      #expect(try laboratory.runInNode(["ipset", "list", "-n"]).output == "npc-other\n")
      #expect(try laboratory.nft(["list", "tables"]).contains("table ip theirs"))
      #expect(try node.netpolc("uninstall").errors.contains("there was nothing to remove"))
      #expect(try node.netpolc("status").output.contains("enforcing  nothing"))
    }

    @Test func `a rule of others that leads into ours is named when it is in the way`() throws {
      try node.applyFilter(policies)
      let chain = try #require(
        try node.installedFilter().filter.table(.ipv4)?.chains.first { $0.name.hasPrefix("NPC-GI") }
      ).name
      let rule = ["iptables-nft", "-A", "OUTPUT", "-j", chain]
      #expect(try laboratory.runInNode(rule).succeeded)
      let before = try node.installedFilter()
      let said = try node.applyFilter(others, expecting: 3).errors
      #expect(said.contains("remove them first: iptables -A OUTPUT -j \(chain)"), "\(said)")
      #expect(said.contains("what was there before is in force"), "\(said)")
      #expect(try node.installedFilter() == before)
      #expect(try node.netpolc("uninstall", expecting: 3).errors.contains("remove them first"))
      #expect(try node.reaching("beta") == ["alpha"])
    }
  }
}
