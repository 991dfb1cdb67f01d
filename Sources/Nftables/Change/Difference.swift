import NetSets

/// What differs between two tables of one family, in the table's own objects. A rule's comment is
/// no part of what it is: where a rule stands in the user's files may move without a difference.
package struct TableDifference: Sendable {
  package let family: IPFamily
  package let chains: [ChainDifference]
  package let sets: [SetDifference]
  package let maps: [MapDifference]
  /// Counters by name.
  package let addedCounters: [NamedCounter]
  package let removedCounters: [NamedCounter]

  package var isEmpty: Bool {
    chains.isEmpty && sets.isEmpty && maps.isEmpty && addedCounters.isEmpty
      && removedCounters.isEmpty
  }
}

/// Whether an object is only on one side, or on both and not the same.
package enum Change: String, Hashable, Sendable {
  case added
  case removed
  case changed
}

package struct ChainDifference: Sendable {
  package let name: String
  package let comment: String?
  package let change: Change
  package let removed: [Rule]
  package let added: [Rule]
}

package struct SetDifference: Sendable {
  package let name: String
  package let comment: String?
  package let change: Change
  package let removed: [SetElement]
  package let added: [SetElement]
}

/// An element of any kind of set.
package enum SetElement: Hashable, Sendable {
  case address(IPAddress)
  case endpoint(EndpointKey)
  case range(AddressRange)
}

package struct MapDifference: Sendable {
  package let name: String
  package let comment: String?
  package let change: Change
  package let removed: [VerdictElement]
  package let added: [VerdictElement]
}

/// What differs between two rulesets, table by table; those that are the same are left out.
package struct RulesetDifference: Sendable {
  package let tables: [TableDifference]
  package let bridge: BridgeDifference?

  package var isEmpty: Bool { tables.isEmpty && bridge == nil }
}

extension Ruleset {
  package func difference(to new: Ruleset) -> RulesetDifference {
    RulesetDifference(
      tables: tableDifferences(to: new),
      bridge: BridgeTable.difference(from: bridge, to: new.bridge))
  }

  private func tableDifferences(to new: Ruleset) -> [TableDifference] {
    IPFamily.allCases.compactMap { family in
      let empty = Table(family: family, name: "", comment: nil)
      let old = tables.first { $0.family == family } ?? empty
      let difference = old.difference(to: new.tables.first { $0.family == family } ?? empty)
      return difference.isEmpty ? nil : difference
    }
  }
}

extension Table {
  package func difference(to new: Table) -> TableDifference {
    TableDifference(
      family: family,
      chains: paired(chains, new.chains, by: \.name).compactMap { difference($0, $1) },
      sets: setDifferences(to: new), maps: mapDifferences(to: new),
      addedCounters: counters(in: new, missingIn: self),
      removedCounters: counters(in: self, missingIn: new))
  }

  func setDifferences(to new: Table) -> [SetDifference] {
    paired(sets, new.sets, by: \.name).compactMap { difference($0, $1) }
  }

  func mapDifferences(to new: Table) -> [MapDifference] {
    paired(maps, new.maps, by: \.name).compactMap { difference($0, $1) }
  }

  func counters(in table: Table, missingIn other: Table) -> [NamedCounter] {
    table.counters.filter { counter in !other.counters.contains { $0.name == counter.name } }
  }

  private func difference(_ old: Chain?, _ new: Chain?) -> ChainDifference? {
    guard let either = new ?? old else { return nil }
    let (removed, added) = ruleDifference(old?.rules ?? [], new?.rules ?? [])
    let change: Change = old == nil ? .added : new == nil ? .removed : .changed
    if change == .changed, removed.isEmpty, added.isEmpty, old?.base == new?.base { return nil }
    return ChainDifference(
      name: either.name, comment: either.comment, change: change, removed: removed, added: added)
  }

  private func difference(_ old: NamedSet?, _ new: NamedSet?) -> SetDifference? {
    guard let either = new ?? old else { return nil }
    if let old, let new, old.content == new.content { return nil }
    let change: Change = old == nil ? .added : new == nil ? .removed : .changed
    let (removed, added) = elementDifference(old?.content, new?.content)
    return SetDifference(
      name: either.name, comment: either.comment, change: change, removed: removed, added: added)
  }

  private func difference(_ old: VerdictMap?, _ new: VerdictMap?) -> MapDifference? {
    guard let either = new ?? old else { return nil }
    let change: Change = old == nil ? .added : new == nil ? .removed : .changed
    let before = old?.elements ?? []
    let after = new?.elements ?? []
    if change == .changed, before == after { return nil }
    let (removed, added) = sortedDifference(before, after) { $0.address < $1.address }
    return MapDifference(
      name: either.name, comment: either.comment, change: change, removed: removed, added: added)
  }
}

/// The elements that go and come between two states of a set.
private func elementDifference(
  _ old: SetContent?, _ new: SetContent?
) -> (removed: [SetElement], added: [SetElement]) {
  switch (old, new) {
  case (.addresses(let old), .addresses(let new)):
    let (removed, added) = sortedDifference(old, new, by: <)
    return (removed.map { .address($0) }, added.map { .address($0) })
  case (.endpoints(let old), .endpoints(let new)):
    let (removed, added) = sortedDifference(old, new, by: <)
    return (removed.map { .endpoint($0) }, added.map { .endpoint($0) })
  case (.intervals(let old), .intervals(let new)):
    let (removed, added) = sortedDifference(old, new, by: <)
    return (removed.map { .range($0) }, added.map { .range($0) })
  default: return (old?.elements ?? [], new?.elements ?? [])
  }
}

/// In one pass, since both are in nft's order; where one is not, by hashing.
private func sortedDifference<Element: Hashable>(
  _ old: [Element], _ new: [Element], by isBefore: (Element, Element) -> Bool
) -> (removed: [Element], added: [Element]) {
  if old.isEmpty || new.isEmpty { return (old, new) }
  func isSorted(_ elements: [Element]) -> Bool {
    elements.indices.dropFirst().allSatisfy { isBefore(elements[$0 - 1], elements[$0]) }
  }
  guard isSorted(old), isSorted(new) else {
    let (kept, wanted) = (Set(old), Set(new))
    return (old.filter { !wanted.contains($0) }, new.filter { !kept.contains($0) })
  }
  var removed: [Element] = []
  var added: [Element] = []
  var (left, right) = (0, 0)
  while left < old.count, right < new.count {
    if old[left] == new[right] {
      left += 1
      right += 1
    } else if isBefore(new[right], old[left]) {
      added.append(new[right])
      right += 1
    } else {
      // The same key with another value goes here, and comes when its turn is.
      removed.append(old[left])
      left += 1
    }
  }
  return (removed + old[left...], added + new[right...])
}

extension SetContent {
  package var elements: [SetElement] {
    switch self {
    case .addresses(let addresses): addresses.map { .address($0) }
    case .endpoints(let keys): keys.map { .endpoint($0) }
    case .intervals(let ranges): ranges.map { .range($0) }
    case .flows: []
    }
  }
}

extension Rule {
  /// Without its comment: what it does.
  var identity: Rule { Rule(matches, statements, verdict) }

  func hasIdentity(of other: Rule) -> Bool {
    matches == other.matches && statements == other.statements && verdict == other.verdict
  }

  /// Whether it may trade places with rules like it: it lets packets pass, or asks another chain.
  fileprivate var commutes: Bool {
    switch verdict {
    case .accept, .jump: true
    case .drop, .return, .goto, .lookup, .rejectTCP, .rejectProhibited, .translate, nil: false
    }
  }
}

/// The rules that go and come. Where all rules commute their order is nothing; elsewhere a rule
/// that moved goes and comes again.
private func ruleDifference(_ old: [Rule], _ new: [Rule]) -> (removed: [Rule], added: [Rule]) {
  let before = old.map(\.identity)
  let after = new.map(\.identity)
  if before == after { return ([], []) }
  if (old + new).allSatisfy(\.commutes) {
    return (subtract(old, after), subtract(new, before))
  }
  var removed: [Rule] = []
  var added: [Rule] = []
  for change in after.difference(from: before) {
    switch change {
    case .remove(let offset, _, _): removed.append(old[offset])
    case .insert(let offset, _, _): added.append(new[offset])
    }
  }
  // Removals are reported from the end.
  return (removed.reversed(), added)
}

/// The rules that `others` does not have, each as often as it is missing.
private func subtract(_ rules: [Rule], _ others: [Rule]) -> [Rule] {
  var counts: [Rule: Int] = [:]
  for rule in others { counts[rule, default: 0] += 1 }
  return rules.filter { rule in
    guard let count = counts[rule.identity], count > 0 else { return true }
    counts[rule.identity] = count - 1
    return false
  }
}

/// Objects of both sides by name: the new side's in its order, then those that are gone.
private func paired<Element>(
  _ old: [Element], _ new: [Element], by name: (Element) -> String
) -> [(Element?, Element?)] {
  let before = Dictionary(old.map { (name($0), $0) }) { first, _ in first }
  let after = Set(new.map(name))
  return new.map { (before[name($0)], $0) }
    + old.filter { !after.contains(name($0)) }.map { ($0, nil) }
}
