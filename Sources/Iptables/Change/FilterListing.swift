import NetSets

/// What a node's iptables, ip6tables and ipset list: all tables `filter`, and our sets.
package struct FilterListing: Sendable {
  /// Table `filter` of each family; none where iptables has none.
  private let tables: [IPFamily: SavedTable]
  private let sets: SavedSets

  /// - Parameters:
  ///   - rules: what `iptables-save` printed of each family.
  ///   - sets: what `ipset save` printed.
  package init(
    rules: [IPFamily: String], sets: String
  ) throws(FilterListingError) {
    var tables: [IPFamily: SavedTable] = [:]
    for (family, text) in rules {
      do throws(FilterSyntaxError) {
        tables[family] = try SavedTable.tables(parsing: text).first { $0.name == "filter" }
      } catch {
        throw FilterListingError(tool: family.saveCommand, error: error)
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
  package var hasRules: Bool {
    tables.values.contains { table in
      table.chains.contains { PacketFilter.isOwnChain($0.name) }
    }
  }

  /// Our part of it.
  /// - Throws: when there is something in our chains that we never write.
  package func installed() throws(FilterListingError) -> InstalledFilter {
    var own: [FilterTable] = []
    var ahead: [InstalledFilter.Entry: [String]] = [:]
    for family in IPFamily.allCases {
      guard let table = tables[family] else { continue }
      do throws(FilterSyntaxError) {
        let part = try FilterTable(table, family)
        if !part.chains.isEmpty { own.append(part) }
        for entrance in Set(part.entrances) {
          let rules = table.chain(entrance.hook.rawValue)?.rules.map(\.text) ?? []
          let before = rules.prefix { $0 != entrance.text }
          if !before.isEmpty {
            ahead[InstalledFilter.Entry(family, entrance.hook)] = Array(before)
          }
        }
      } catch {
        throw FilterListingError(tool: family.saveCommand, error: error)
      }
    }
    return InstalledFilter(
      filter: PacketFilter(sets: sets.sets, tables: own), ahead: ahead,
      unfinishedSets: sets.unfinished)
  }

  /// Rules outside our chains that lead into them, other than the jumps we make: they keep a chain
  /// from being removed.
  package var rulesIntoOurs: [String] {
    IPFamily.allCases.flatMap { family -> [String] in
      (tables[family]?.chains ?? []).filter { !PacketFilter.isOwnChain($0.name) }.flatMap { chain in
        let own = Hook(rawValue: chain.name).map { Entrance($0).text }
        return chain.rules.filter { rule in
          rule.text != own
            && ["-j ", "-g "].contains { rule.text.contains($0 + PacketFilter.chainPrefix) }
        }.map { "\(family.command) -A \(chain.name) \($0.text)" }
      }
    }
  }

  /// What takes away everything of ours, whatever is in it.
  package var removal: FilterChange {
    var rules: [IPFamily: String] = [:]
    for (family, table) in tables {
      let chains = table.chains.map(\.name).filter(PacketFilter.isOwnChain)
      if chains.isEmpty { continue }
      let jumps = table.chains.compactMap { chain -> [Entrance]? in
        guard let hook = Hook(rawValue: chain.name) else { return nil }
        return chain.rules.filter { $0.text == Entrance(hook).text }.map { _ in Entrance(hook) }
      }
      rules[family] = FilterChange.rules(
        leaving: jumps.flatMap(\.self), writing: [], entering: [], removing: chains, family)
    }
    return FilterChange(
      sets: "", rules: rules, obsoleteSets: sets.sets.map(\.name) + sets.unfinished,
      setCount: sets.sets.count,
      chainCount: tables.values.reduce(0) {
        $0 + $1.chains.count { PacketFilter.isOwnChain($0.name) }
      })
  }
}

/// A listing that cannot be read, or has something in our chains that we never write.
package struct FilterListingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whose listing: `iptables-save`.
  package let tool: String
  package let error: FilterSyntaxError

  package var description: String {
    "line \(error.line) of \(tool) is nothing that netpolc writes: \(error.message)"
  }
}

/// Our part of what a node holds.
package struct InstalledFilter: Hashable, Sendable {
  package let filter: PacketFilter
  /// The rules of others that packets meet before they come to ours, where that is so.
  package let ahead: [Entry: [String]]
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

  package init(filter: PacketFilter, ahead: [Entry: [String]] = [:], unfinishedSets: [String] = [])
  {
    self.filter = filter
    self.ahead = ahead
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

extension IPFamily {
  /// `iptables` or `ip6tables`.
  package var command: String {
    switch self {
    case .ipv4: "iptables"
    case .ipv6: "ip6tables"
    }
  }

  var saveCommand: String { "\(command)-save" }
}
