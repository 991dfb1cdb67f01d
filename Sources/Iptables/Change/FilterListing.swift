import NetSets

/// What a node's iptables, ip6tables and ipset list: all of the tables that we have rules in, and our
/// sets.
package struct FilterListing: Sendable {
  /// Those that iptables has, by family and in the order in which they change.
  private let tables: [ListedTable]
  private let sets: SavedSets

  private struct ListedTable: Sendable {
    let name: TableName
    let family: IPFamily
    let saved: SavedTable

    var own: [String] { saved.chains.map(\.name).filter(PacketFilter.isOwnChain) }

    /// The jump that we have in a chain of others; nil where we have none.
    func entrance(_ chain: SavedChain) -> Entrance? {
      guard let hook = Hook(rawValue: chain.name), hook.table == name else { return nil }
      return Entrance(hook)
    }
  }

  /// - Parameters:
  ///   - rules: what `iptables-save -t` printed of each family and table.
  ///   - sets: what `ipset save` printed.
  package init(
    rules: [IPFamily: [TableName: String]], sets: String
  ) throws(FilterListingError) {
    var tables: [ListedTable] = []
    for family in IPFamily.allCases {
      for name in TableName.inOrderOfChange {
        guard let text = rules[family]?[name] else { continue }
        do throws(FilterSyntaxError) {
          let saved = try SavedTable.tables(parsing: text).first { $0.name == name.rawValue }
          if let saved { tables.append(ListedTable(name: name, family: family, saved: saved)) }
        } catch {
          throw FilterListingError(tool: name.saveCommand(family), error: error)
        }
      }
    }
    self.tables = tables
    do throws(FilterSyntaxError) {
      self.sets = try SavedSets(parsing: sets)
    } catch {
      throw FilterListingError(tool: "ipset save", error: error)
    }
  }

  /// Whether there is anything of ours.
  package var isEmpty: Bool { sets.sets.isEmpty && sets.unfinished.isEmpty && !hasRules }

  /// Whether any packet comes to anything of ours.
  package var hasRules: Bool { tables.contains { !$0.own.isEmpty } }

  /// Our part of it.
  /// - Throws: when there is something in our chains that we never write.
  package func installed() throws(FilterListingError) -> InstalledFilter {
    var own: [OwnTable] = []
    var surroundings: [InstalledFilter.Entry: InstalledFilter.Surroundings] = [:]
    for table in tables {
      do throws(FilterSyntaxError) {
        let part = try OwnTable(table.saved, table.name, table.family)
        if !part.chains.isEmpty { own.append(part) }
        for entrance in part.entrances {
          surroundings[InstalledFilter.Entry(table.family, entrance.hook)] =
            InstalledFilter.Surroundings(of: entrance, in: table.saved, table.family)
        }
      } catch {
        throw FilterListingError(tool: table.name.saveCommand(table.family), error: error)
      }
    }
    return InstalledFilter(
      filter: PacketFilter(sets: sets.sets, tables: own), surroundings: surroundings,
      unfinishedSets: sets.unfinished)
  }

  /// Rules outside our chains that lead into them, other than the jumps we make: they keep a chain
  /// from being removed.
  package var rulesIntoOurs: [String] {
    tables.flatMap { table in
      table.saved.chains.filter { !PacketFilter.isOwnChain($0.name) }.flatMap { chain in
        let own = table.entrance(chain)?.text
        let option = table.name == .filter ? "" : " -t \(table.name.rawValue)"
        return chain.rules.filter { rule in
          rule.text != own
            && ["-j ", "-g "].contains { rule.text.contains($0 + PacketFilter.chainPrefix) }
        }.map { "\(table.family.command)\(option) -A \(chain.name) \($0.text)" }
      }
    }
  }

  /// What takes away everything of ours, whatever is in it.
  package var removal: FilterChange {
    var rules: [IPFamily: String] = [:]
    for table in tables where !table.own.isEmpty {
      let jumps = table.saved.chains.flatMap { chain -> [Entrance] in
        guard let entrance = table.entrance(chain) else { return [] }
        return chain.rules.filter { $0.text == entrance.text }.map { _ in entrance }
      }
      rules[table.family, default: ""] += FilterChange.rules(
        leaving: jumps,
        writing: OwnTable(table.name, family: table.family, entrances: [], chains: []),
        removing: table.own)
    }
    return FilterChange(
      sets: "", rules: rules, obsoleteSets: sets.sets.map(\.name) + sets.unfinished,
      setCount: sets.sets.count, chainCount: tables.reduce(0) { $0 + $1.own.count })
  }
}

/// A listing that cannot be read, or has something in our chains that we never write.
package struct FilterListingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose listing: `iptables-save -t nat`.
  package let tool: String
  package let error: FilterSyntaxError

  package var description: String {
    "line \(error.line) of \(tool) is nothing that netpolc writes: \(error.message)"
  }
}

/// Our part of what a node holds.
package struct InstalledFilter: Hashable, Sendable {
  package let filter: PacketFilter
  /// The rules of others around our jumps, of what was listed.
  package let surroundings: [Entry: Surroundings]
  /// Sets that a run which was ended had yet to put in their place.
  package let unfinishedSets: [String]

  package struct Entry: Hashable, Sendable {
    package let family: IPFamily
    package let hook: Hook

    package init(_ family: IPFamily, _ hook: Hook) {
      self.family = family
      self.hook = hook
    }
  }

  package struct Surroundings: Hashable, Sendable {
    /// What packets meet before they come to ours.
    let ahead: [OthersRule]
    /// What they meet afterwards.
    let behind: [OthersRule]

    init(of jump: Entrance, in table: SavedTable, _ family: IPFamily) {
      let rules = table.chain(jump.hook.rawValue)?.rules ?? []
      func others(_ rules: some Sequence<SavedRule>) -> [OthersRule] {
        rules.map { OthersRule($0, of: table, family) }
      }
      ahead = others(rules.prefix { $0.text != jump.text })
      behind = others(rules.reversed().prefix { $0.text != jump.text }.reversed())
    }

    /// What keeps our jump from a place.
    /// - Parameter connections: those that ours translate.
    func displacing(_ place: Entrance.Place, of connections: [Connections]) -> [String] {
      let rules =
        switch place {
        case .first: ahead
        case .last: behind
        }
      return rules.filter { $0.concerns(connections) }.map(\.text)
    }
  }

  package init(
    filter: PacketFilter, surroundings: [Entry: Surroundings] = [:], unfinishedSets: [String] = []
  ) {
    self.filter = filter
    self.surroundings = surroundings
    self.unfinishedSets = unfinishedSets
  }

  package static let nothing = InstalledFilter(filter: PacketFilter(sets: [], tables: []))
}

extension PacketFilter {
  /// What of it is in these families: a kernel without IPv6 needs and takes nothing of it.
  package func limited(to families: [IPFamily]) -> PacketFilter {
    PacketFilter(
      sets: sets.filter { families.contains($0.family) },
      tables: tables.filter { families.contains($0.family) })
  }
}

extension TableName {
  fileprivate func saveCommand(_ family: IPFamily) -> String {
    "\(family.command)-save -t \(rawValue)"
  }
}

extension IPFamily {
  /// `iptables` or `ip6tables`.
  package var command: String {
    switch self {
    case .ipv4: "iptables"
    case .ipv6: "ip6tables"
    }
  }
}
