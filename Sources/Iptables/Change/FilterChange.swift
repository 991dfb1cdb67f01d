import NetSets

/// What makes a node hold one filter instead of another, as input of the tools in their order: sets
/// first, for rules name them, then each family's rules, every table in one transaction, last the
/// sets that nothing names any more. What is the same on both sides is left alone and keeps its
/// counters.
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
    let differences = installed.difference(to: wanted)
    let wantedSets = Dictionary(wanted.sets.map { ($0.name, $0) }) { first, _ in first }
    // No rule names them, and one of another type would be in the way.
    var sets = installed.unfinishedSets.map { "destroy \($0)\n" }.joined()
    var obsolete: [String] = []
    var rules: [IPFamily: String] = [:]
    for difference in differences {
      for set in difference.sets {
        guard let wanted = wantedSets[set.name] else {
          obsolete.append(set.name)
          continue
        }
        sets += set.change == .added ? wanted.text : wanted.replacement
      }
    }
    for name in TableName.inOrderOfChange {
      for difference in differences where difference.table == name {
        guard let text = FilterChange.rules(for: difference, installed, wanted) else { continue }
        rules[difference.family, default: ""] += text
      }
    }
    self.init(
      sets: sets, rules: rules, obsoleteSets: obsolete,
      setCount: differences.reduce(0) { $0 + $1.sets.count },
      chainCount: differences.reduce(0) { $0 + $1.chains.count })
  }

  private static func rules(
    for difference: FilterDifference, _ installed: InstalledFilter, _ wanted: PacketFilter
  ) -> String? {
    if difference.chains.isEmpty, difference.entrances.isEmpty { return nil }
    let removed = difference.chains.filter { $0.change == .removed }.map(\.name)
    let written = Set(difference.chains.map(\.name)).subtracting(removed)
    let old = installed.filter.table(difference.family, difference.table)
    let new = wanted.table(difference.family, difference.table)
    let moves = !difference.entrances.isEmpty
    return rules(
      leaving: moves ? old?.entrances ?? [] : [],
      writing: OwnTable(
        difference.table, family: difference.family, entrances: moves ? new?.entrances ?? [] : [],
        chains: (new?.chains ?? []).filter { written.contains($0.name) }),
      removing: removed)
  }

  /// The jump is made anew where it is not in its place.
  static func rules(leaving: [Entrance], writing: OwnTable, removing: [String]) -> String {
    let lines =
      leaving.map { "-D \($0.hook.rawValue) \($0.text)\n" } + [writing.chainsText]
      + writing.entrances.map(\.line) + removing.map { "-F \($0)\n" }
      + removing.map { "-X \($0)\n" }
    return "*\(writing.name.rawValue)\n\(lines.joined())COMMIT\n"
  }
}
