import NetSets

/// What makes a node hold one filter instead of another, as input of the tools in their order: sets
/// first, for rules name them, then each family's rules in one transaction, last the sets that
/// nothing names any more. What is the same on both sides is left alone and keeps its counters.
package struct FilterChange: Sendable {
  /// For `ipset -exist restore`.
  package let sets: String
  /// For `iptables-restore --noflush`; families that stay as they are have none.
  package let rules: [IPFamily: String]
  /// To be destroyed in the end.
  package let obsoleteSets: [String]
  /// How many sets and chains are made, replaced or removed.
  package let setCount: Int
  package let chainCount: Int

  package var isEmpty: Bool { sets.isEmpty && rules.isEmpty && obsoleteSets.isEmpty }

  init(
    sets: String, rules: [IPFamily: String], obsoleteSets: [String], setCount: Int, chainCount: Int
  ) {
    self.sets = sets
    self.rules = rules
    self.obsoleteSets = obsoleteSets
    self.setCount = setCount
    self.chainCount = chainCount
  }

  package init(from installed: InstalledFilter, to wanted: PacketFilter) {
    let differences = Dictionary(
      installed.difference(to: wanted).map { ($0.family, $0) }
    ) { first, _ in first }
    let wantedSets = Dictionary(wanted.sets.map { ($0.name, $0) }) { first, _ in first }
    // No rule names them, and one of another type would be in the way.
    var sets = installed.unfinishedSets.map { "destroy \($0)\n" }.joined()
    var obsolete: [String] = []
    var rules: [IPFamily: String] = [:]
    for family in IPFamily.allCases {
      guard let difference = differences[family] else { continue }
      for set in difference.sets {
        guard let wanted = wantedSets[set.name] else {
          obsolete.append(set.name)
          continue
        }
        sets += set.change == .added ? wanted.text : wanted.replacement
      }
      rules[family] = FilterChange.rules(for: difference, installed, wanted)
    }
    self.init(
      sets: sets, rules: rules, obsoleteSets: obsolete,
      setCount: differences.values.reduce(0) { $0 + $1.sets.count },
      chainCount: differences.values.reduce(0) { $0 + $1.chains.count })
  }

  private static func rules(
    for difference: FilterDifference, _ installed: InstalledFilter, _ wanted: PacketFilter
  ) -> String? {
    if difference.chains.isEmpty, difference.entrances.isEmpty { return nil }
    let removed = difference.chains.filter { $0.change == .removed }.map(\.name)
    let written = Set(difference.chains.map(\.name)).subtracting(removed)
    let new = wanted.table(difference.family)
    let moves = !difference.entrances.isEmpty
    return rules(
      leaving: moves ? installed.filter.table(difference.family)?.entrances ?? [] : [],
      writing: (new?.chains ?? []).filter { written.contains($0.name) },
      entering: moves ? new?.entrances ?? [] : [], removing: removed, difference.family)
  }

  /// The jump is made anew where it is not the first rule.
  static func rules(
    leaving: [Entrance], writing: [Chain], entering: [Entrance], removing: [String],
    _ family: IPFamily
  ) -> String {
    let written = FilterTable(family: family, entrances: [], chains: writing).chainsText
    let lines =
      leaving.map { "-D \($0.hook.rawValue) \($0.text)\n" } + [written]
      + entering.map { "-I \($0.hook.rawValue) \($0.text)\n" } + removing.map { "-F \($0)\n" }
      + removing.map { "-X \($0)\n" }
    return "*filter\n\(lines.joined())COMMIT\n"
  }
}
