import Apply
import Host
import NetSets
import TestSupport
import Testing

extension Live {
  /// `apply --backend iptables` with masquerade, and what goes with it.
  @Suite(
    .enabled(
      if: IptablesVariant.unavailable == nil, "\(IptablesVariant.unavailable ?? "It can run.")"))
  struct IptablesMasqueradeApplyTests {
    private static let pods = ["--masq-from", "10.244.0.0/16", "--masq-from", "fd00:244::/32"]
    private static let translated: [MasqueradeFlow: MasqueradeExpectation] = [
      .podToOtherNode: .node, .podToInternet: .node,
    ]
    private let lab: MasqueradeLab

    init() throws { lab = try MasqueradeLab() }

    private func backend(_ variant: IptablesVariant) -> [String] {
      ["--backend", "iptables", "--iptables-variant", variant.rawValue]
    }

    private func applied(
      _ variant: IptablesVariant, _ more: [String], expecting status: Int32 = 0
    ) throws -> String {
      try lab.netpolc(
        ["apply", "-f", lab.cluster, "--node", "n1"] + backend(variant) + more
          + ["--state-dir", lab.state], expecting: status)
    }

    private func status(expecting status: Int32 = 0) throws -> String {
      try lab.netpolc(["status", "--state-dir", lab.state], expecting: status)
    }

    private func diff(_ variant: IptablesVariant, _ more: [String], expecting status: Int32) throws
      -> String
    {
      try lab.netpolc(
        ["diff", "--from", lab.cluster, "--to", "kernel", "--node", "n1"] + backend(variant) + more,
        expecting: status)
    }

    /// What table nat has of ours, in the variant and the family of `command`.
    private func own(_ variant: IptablesVariant, _ command: String = "iptables") throws -> String {
      try lab.nodes.run(["\(command)-\(variant)-save", "-t", "nat"], on: .node1)
        .split(separator: "\n").filter { $0.contains("NPC-") }.joined(separator: "\n")
    }

    private func edit(_ command: String) throws {
      try lab.nodes.run(["sh", "-c", command], on: .node1)
    }

    @Test(arguments: IptablesVariant.allCases)
    func `an apply translates, changes and ends it`(_ variant: IptablesVariant) throws {
      #expect(try applied(variant, Self.pods).contains("generation 0 -> 1 by "))
      try lab.check(Self.translated, explainedBy: Self.pods)
      #expect(try applied(variant, Self.pods).contains("generation 1: the kernel holds it"))
      #expect(try status().contains("iptables nat (\(variant)): 1 chain, 1 rule, 2 sets"))
      #expect(try diff(variant, Self.pods, expecting: 0) == "no difference\n")
      let without = try diff(variant, [], expecting: 1)
      #expect(without.contains("+ chain NPC-MASQ"), "\(without)")
      let narrow = ["--masq-from", "10.244.1.3/32", "--masq-ports", "50000-50000"]
      let preview = try applied(variant, narrow + ["--dry-run", "kernel"])
      #expect(preview.contains("kernel accepts the rules"), "\(preview)")
      try lab.check(Self.translated)
      _ = try applied(variant, narrow)
      let seen = try lab.nodes.source(from: .podB, to: .internet, family: .ipv4)
      #expect(try seen == LabReceiver("192.168.50.1", 50000))
      // The narrow one names no pod that the flows are of.
      try lab.check([:])
      _ = try applied(variant, [])
      for command in ["iptables", "ip6tables"] { #expect(try own(variant, command) == "") }
      try lab.netpolc(["rollback", "--state-dir", lab.state])
      #expect(try own(variant).contains("50000"))
      try lab.netpolc(["rollback", "--to", "1", "--state-dir", lab.state])
      try lab.check(Self.translated)
      _ = try status()
      try lab.netpolc(["uninstall", "--state-dir", lab.state])
      try lab.check([:])
      for command in ["iptables", "ip6tables"] { #expect(try own(variant, command) == "") }
      #expect(try lab.nodes.run(["ipset", "list", "-n"], on: .node1) == "")
    }

    @Test(arguments: IptablesVariant.allCases)
    func `pods keep their addresses as long as our jump is first`(
      _ variant: IptablesVariant
    ) throws {
      let theirs = "iptables-\(variant) -t nat -A POSTROUTING -s 10.244.1.0/24 -j MASQUERADE"
      try edit(theirs)
      let override = Self.pods + ["--masq", "override"]
      _ = try applied(variant, override)
      try lab.check(Self.translated, .ipv4)
      try edit(theirs.replacing("-A", with: "-I"))
      #expect(
        try lab.seen(.podToPodElsewhere, .ipv4) == lab.nodes.address(.node1, .ipv4))
      let said = try status(expecting: 1)
      #expect(
        said.contains("jump POSTROUTING -j NPC-MASQ   rules of others ahead of it:"), "\(said)")
      #expect(said.contains("+   -s 10.244.1.0/24 -j MASQUERADE"), "\(said)")
      _ = try applied(variant, override)
      try lab.check(Self.translated, .ipv4)
      _ = try status()
    }

    @Test(arguments: IptablesVariant.allCases)
    func `what others translate stays theirs as long as our jump is last`(
      _ variant: IptablesVariant
    ) throws {
      let theirs =
        "iptables-\(variant) -t nat -A POSTROUTING -s 10.244.1.0/24 -o eth0 -j SNAT "
        + "--to-source 192.168.50.77"
      try edit("ip address add 192.168.50.77/32 dev lo; \(theirs)")
      let expected: [MasqueradeFlow: MasqueradeExpectation] = [
        .podToPodElsewhere: .address("192.168.50.77"),
        .podToServiceElsewhere: .address("192.168.50.77"),
        .podToOtherNode: .address("192.168.50.77"), .podToInternet: .address("192.168.50.77"),
      ]
      _ = try applied(variant, Self.pods)
      try lab.check(expected, .ipv4)
      try edit("\(theirs.replacing("-A", with: "-D")); \(theirs)")
      #expect(try lab.seen(.podToInternet, .ipv4) == lab.nodes.address(.node1, .ipv4))
      #expect(try status(expecting: 1).contains("rules of others behind it:"))
      _ = try applied(variant, Self.pods)
      try lab.check(expected, .ipv4)
      // From last to first, and back.
      for (mode, place) in [("override", "first, not last"), ("own", "last, not first")] {
        let mode = Self.pods + ["--masq", mode]
        _ = try applied(variant, mode)
        let generation = try #require(
          try status().firstMatch(of: /generation ([0-9]+)/)?.output.1)
        let before = "\(lab.state)/gen-\((Int(generation) ?? 0) - 1).iptables-\(variant).sh"
        let difference = try lab.netpolc(
          ["diff", "--from", before, "--to", lab.cluster, "--node", "n1", "--backend", "iptables"]
            + mode,
          expecting: 1)
        #expect(difference.contains("jump POSTROUTING -j NPC-MASQ   \(place)"), "\(difference)")
        #expect(try diff(variant, mode, expecting: 0) == "no difference\n")
      }
    }

    @Test(arguments: IptablesVariant.allCases)
    func `a translator of other connections may come before or after ours`(
      _ variant: IptablesVariant
    ) throws {
      // As Docker has it.
      let theirs =
        "iptables-\(variant) -t nat -I POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"
      for mode in ["own", "override"] {
        let arguments = Self.pods + ["--masq", mode]
        _ = try applied(variant, arguments)
        try edit("\(theirs); \(theirs.replacing("-I", with: "-A"))")
        #expect(try status().contains("drift      none"))
        #expect(try diff(variant, arguments, expecting: 0) == "no difference\n")
        #expect(try applied(variant, arguments).contains("the kernel holds it"))
      }
      try lab.check([:])
      _ = try applied(variant, Self.pods)
      try lab.check(Self.translated)
    }

    @Test(arguments: IptablesVariant.allCases)
    func `what others did to it is drift, and an apply mends it`(_ variant: IptablesVariant) throws
    {
      _ = try applied(variant, Self.pods)
      let set = try #require(
        try own(variant).firstMatch(of: /npc-m4-from-[0-9a-f]+/)?.output)
      let damages = [
        ("iptables-\(variant) -t nat -F NPC-MASQ", "chain NPC-MASQ"),
        ("iptables-\(variant) -t nat -D POSTROUTING -j NPC-MASQ", "- jump POSTROUTING"),
        ("iptables-\(variant) -t nat -I POSTROUTING -j NPC-MASQ", "more than once"),
        ("iptables-\(variant) -t nat -N NPC-MINE", "+ chain NPC-MINE"),
        ("ip6tables-\(variant) -t nat -A NPC-MASQ -o eth7 -j MASQUERADE", "-o eth7 -j MASQUERADE"),
        ("ipset flush \(set)", "set \(set)"),
        ("ipset add \(set) 192.0.2.0/24", "+   192.0.2.0/24"),
      ]
      for (command, words) in damages {
        try edit(command)
        let said = try status(expecting: 1)
        #expect(said.contains(words), "\(command): \(said)")
        _ = try diff(variant, Self.pods, expecting: 1)
        _ = try applied(variant, Self.pods)
        _ = try status()
        #expect(try lab.seen(.podToInternet, .ipv4) == lab.nodes.address(.node1, .ipv4))
      }
      try edit("iptables-\(variant) -t nat -A NPC-MASQ -p icmp -j RETURN")
      let refused = try applied(variant, Self.pods, expecting: 3)
      #expect(
        refused.contains("of iptables-save -t nat is nothing that netpolc writes"), "\(refused)")
      #expect(refused.contains("uninstall --backend iptables removes it"), "\(refused)")
      // As it says; and a rule of others that leads into ours is named.
      try edit("iptables-\(variant) -t nat -A POSTROUTING -p udp -j NPC-MASQ")
      let uninstall = ["uninstall", "--backend", "iptables", "--state-dir", lab.state]
      let blocked = try lab.netpolc(uninstall, expecting: 3)
      #expect(blocked.contains("iptables -t nat -A POSTROUTING -p udp -j NPC-MASQ"), "\(blocked)")
      try edit("iptables-\(variant) -t nat -D POSTROUTING -p udp -j NPC-MASQ")
      try lab.netpolc(uninstall)
      #expect(try own(variant) == "")
    }

    /// iptables lists a comment of one word without quotes, and escapes apostrophes.
    @Test func `what others configure is listed as it was written`() throws {
      let pools = try lab.write(
        "it's.yaml",
        """
        apiVersion: crd.projectcalico.org/v1
        kind: IPPool
        metadata: {name: v4}
        spec: {cidr: 10.244.0.0/16, natOutgoing: true}

        """)
      let agent = try lab.write("it's-agent", "nonMasqueradeCIDRs: [10.0.0.0/8]\n")
      for arguments in [
        ["-f", pools, "--masq", "own"], ["--masq-config", agent, "--masq", "own"],
      ] {
        let said = try lab.netpolc(
          ["compile", "-f", lab.cluster, "--node", "n1", "--backend", "iptables", "--check"]
            + arguments)
        #expect(said.contains("checked    loaded twice"), "\(said)")
      }
    }

    @Test func `what is not confirmed is translated as before`() throws {
      _ = try applied(.nft, Self.pods)
      let said = try applied(.nft, ["--confirm-within", "1s"], expecting: 4)
      #expect(said.contains("rolled back to generation 1"), "\(said)")
      try lab.check(Self.translated)
      try lab.netpolc(["uninstall", "--state-dir", lab.state])
      let first = try applied(.nft, Self.pods + ["--confirm-within", "1s"], expecting: 4)
      #expect(first.contains("rolled back"), "\(first)")
      try lab.check([:])
    }

    @Test func `it moves between firewalls, and no connection leaves untranslated`() throws {
      let steps = [
        backend(.nft), [], backend(.legacy), backend(.nft), backend(.legacy), [],
        backend(.nft) + ["--masq-skip", "192.168.50.0/24", "--masq-skip", "fd50::/64"],
      ]
      try lab.apply(Self.pods)
      var opened = 0
      for step in steps {
        let apply = try lab.startApply(Self.pods + step)
        while !apply.output.contains("generation") || opened % 4 != 0 {
          for family in IPFamily.allCases {
            let seen = try lab.nodes.source(from: .podA, to: .internet, family: family)
            #expect(seen?.address == lab.nodes.address(.node1, family), "\(step)")
            opened += 1
          }
        }
        #expect(apply.wait() == 0, "\(apply.output)")
        _ = try status()
        let isIptables = step.contains("iptables")
        let tables = try lab.nodes.run(["nft", "list", "tables"], on: .node1)
        #expect(tables.contains("netpolc") == !isIptables)
        for variant in IptablesVariant.allCases {
          #expect(try own(variant).contains("NPC-MASQ") == step.contains(variant.rawValue))
        }
      }
      #expect(opened > 50)
      // And back, by the record.
      for _ in steps {
        try lab.netpolc(["rollback", "--state-dir", lab.state])
        #expect(try lab.seen(.podToInternet, .ipv4) == lab.nodes.address(.node1, .ipv4))
      }
    }
  }
}
