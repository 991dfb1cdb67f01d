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

extension Ruleset {
  /// What leads from this ruleset to another, table by table; those that are the same are left out.
  package func difference(to new: Ruleset) -> [TableDifference] {
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
      sets: paired(sets, new.sets, by: \.name).compactMap { difference($0, $1) },
      maps: paired(maps, new.maps, by: \.name).compactMap { difference($0, $1) },
      addedCounters: new.counters.filter { counter in
        !counters.contains { $0.name == counter.name }
      },
      removedCounters: counters.filter { counter in
        !new.counters.contains { $0.name == counter.name }
      })
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
    let before = old?.content.elements ?? []
    let after = new?.content.elements ?? []
    let change: Change = old == nil ? .added : new == nil ? .removed : .changed
    if change == .changed, before == after { return nil }
    let (kept, wanted) = (Set(before), Set(after))
    return SetDifference(
      name: either.name, comment: either.comment, change: change,
      removed: before.filter { !wanted.contains($0) }, added: after.filter { !kept.contains($0) })
  }

  private func difference(_ old: VerdictMap?, _ new: VerdictMap?) -> MapDifference? {
    guard let either = new ?? old else { return nil }
    let before = old?.elements ?? []
    let after = new?.elements ?? []
    let change: Change = old == nil ? .added : new == nil ? .removed : .changed
    if change == .changed, before == after { return nil }
    let (kept, wanted) = (Set(before), Set(after))
    return MapDifference(
      name: either.name, comment: either.comment, change: change,
      removed: before.filter { !wanted.contains($0) }, added: after.filter { !kept.contains($0) })
  }
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

  /// Whether it may trade places with rules like it: it lets packets pass, or asks another chain.
  fileprivate var commutes: Bool {
    switch verdict {
    case .accept, .jump: true
    case .drop, .return, .goto, .lookup, .rejectTCP, .rejectProhibited, nil: false
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
