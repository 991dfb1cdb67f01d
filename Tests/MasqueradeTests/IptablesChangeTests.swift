import Backends
import Iptables
import Masquerade
import NetSets
import TestSupport
import Testing

/// Rules of iptables that translate, from one configuration to the next.
@Suite struct IptablesChangeTests {
  private func filter(_ maker: inout MasqueradeMaker, seed: UInt64) -> PacketFilter {
    var options = IptablesOptions()
    options.masquerade = seed % 6 == 0 ? nil : maker.node()
    return lower(RandomCluster(seed: seed, hasTiers: false).graph, options).filter
  }

  @Test func `a script is read back as what it was printed from`() throws {
    var translated = 0
    for seed in 0..<300 as Range<UInt64> {
      var maker = MasqueradeMaker(seed: seed)
      let filter = filter(&maker, seed: seed)
      #expect(filter.problems == [])
      #expect(try PacketFilter(parsingScript: filter.script) == filter, "seed \(seed)")
      translated += filter.tables.count { $0.name == .nat }
    }
    #expect(translated > 200)
  }

  @Test(arguments: 0..<UInt64(12))
  func `changes in sequence leave what is wanted and the rules of others`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var maker = MasqueradeMaker(seed: seed)
    var node = FakeIptables()
    var strangers: [IPFamily: [String]] = [:]
    var (jumps, inPlace) = (0, 0)
    for step in 0..<25 as Range<UInt64> {
      for family in IPFamily.allCases where Bool.random(using: &random) {
        let rule = "-o eth\(step) -j MASQUERADE"
        let isFirst = Bool.random(using: &random)
        node.edit(family, .postrouting) { $0.insert(rule, at: isFirst ? 0 : $0.count) }
        strangers[family, default: []].insert(
          rule, at: isFirst ? 0 : strangers[family]?.count ?? 0)
      }
      let wanted = filter(&maker, seed: seed * 100 + step)
      let change = FilterChange(from: try node.listing().installed(), to: wanted)
      try node.restoreSets(change.sets)
      for family in IPFamily.allCases {
        if let text = change.rules[family] { try node.restoreRules(family, text) }
      }
      try node.restoreSets(change.obsoleteSets.map { "destroy \($0)\n" }.joined())
      let installed = try node.listing().installed()
      #expect(installed.difference(to: wanted).isEmpty, "seed \(seed) step \(step)")
      #expect(installed.filter.setListing == wanted.setListing)
      for family in IPFamily.allCases {
        let jump = wanted.table(family, .nat)?.entrances.first
        let others = strangers[family] ?? []
        let held = node.rules(family, .postrouting)
        #expect(held.filter { $0 != "-j NPC-MASQ" } == others, "seed \(seed) step \(step)")
        switch jump?.place {
        case .first: inPlace += held.first == "-j NPC-MASQ" ? 1 : 0
        case .last: inPlace += held.last == "-j NPC-MASQ" ? 1 : 0
        case nil: #expect(held == others)
        }
        jumps += jump == nil ? 0 : 1
      }
    }
    // A chain that translates nothing may stand anywhere.
    #expect(jumps > 10 && inPlace * 10 > jumps * 9, "\(inPlace) of \(jumps)")
    let removal = try node.listing().removal
    for family in IPFamily.allCases {
      if let text = removal.rules[family] { try node.restoreRules(family, text) }
      #expect(node.rules(family, .postrouting) == strangers[family] ?? [])
    }
    try node.restoreSets(removal.obsoleteSets.map { "destroy \($0)\n" }.joined())
    #expect(try node.listing().isEmpty)
  }

  @Test func `during a change connections leave as before it or as after it`() throws {
    var differing = 0
    for seed in 0..<120 as Range<UInt64> {
      var maker = MasqueradeMaker(seed: seed)
      let (old, new) = (filter(&maker, seed: seed + 1), filter(&maker, seed: seed + 2))
      let flows = IPFamily.allCases.flatMap { family in (0..<30).map { _ in maker.flow(family) } }
      let (before, after) = (flows.map { source(old, $0) }, flows.map { source(new, $0) })
      differing += zip(before, after).count { $0 != $1 }
      func check(_ node: FakeIptables) throws {
        let held = try node.listing().installed().filter
        for ((flow, before), after) in zip(zip(flows, before), after) {
          let source = source(held, flow)
          #expect(source == before || source == after, "seed \(seed) \(flow)")
        }
      }
      var node = FakeIptables()
      try send(FilterChange(from: .nothing, to: old), to: &node)
      try check(node)
      try send(FilterChange(from: try node.listing().installed(), to: new), to: &node, check)
      #expect(try node.listing().installed().difference(to: new).isEmpty)
    }
    #expect(differing > 300)
  }

  private func send(
    _ change: FilterChange, to node: inout FakeIptables,
    _ check: (FakeIptables) throws -> Void = { _ in }
  ) throws {
    for line in change.sets.split(separator: "\n") {
      try node.restoreSets(String(line))
      try check(node)
    }
    for family in IPFamily.allCases {
      if let text = change.rules[family] {
        try node.restoreRules(family, text, committed: check)
      }
    }
    try node.restoreSets(change.obsoleteSets.map { "destroy \($0)\n" }.joined())
    try check(node)
  }

  private func source(_ filter: PacketFilter, _ flow: Masquerade.Flow) -> SourceTranslation? {
    let table = OwnTable(family: flow.source.family, entrances: [], chains: [])
    var packet = Packet(source: flow.source, destination: flow.destination, layer4: flow.layer4)
    packet.path.outInterface = flow.outInterface ?? ""
    packet.path.isSourceLocal = flow.isSourceLocal
    packet.path.isDestinationLocal = flow.isDestinationLocal
    packet.path.isSourceOnOutInterface = flow.isSourceOnOutInterface ?? false
    return Evaluator(filter, table).translation(of: packet)
  }
}
