import NetSets

/// What differs between two states of a node, in one table of a family, with the sets that its rules
/// name. A rule's comment is no part of what it is, nor is a set's, which the kernel does not keep.
package struct FilterDifference: Sendable {
  package let table: TableName
  package let family: IPFamily
  package let entrances: [EntranceDifference]
  package let chains: [ChainDifference]
  package let sets: [SetDifference]

  package var isEmpty: Bool { entrances.isEmpty && chains.isEmpty && sets.isEmpty }
}

/// Whether an object is only on one side, or on both and not the same.
package enum Change: String, Hashable, Sendable {
  case added
  case removed
  case changed
}

/// A jump into our rules that is there on one side only, or not in its place.
package struct EntranceDifference: Sendable {
  /// In the place that it has on the side that is no listing, or else on the newer one.
  package let entrance: Entrance
  package let change: Change
  package let cause: Cause

  package enum Cause: Hashable, Sendable {
    /// How often it is there.
    case number
    /// The one side has it first and the other last.
    case place
    /// Rules of others between it and its place, before and after.
    case others(removed: [String], added: [String])
  }
}

package struct ChainDifference: Sendable {
  package let name: String
  package let change: Change
  package let removed: [Rule]
  package let added: [Rule]
}

package struct SetDifference: Sendable {
  package let name: String
  /// Of the side that knows it.
  package let comment: String
  package let change: Change
  package let removed: IPSet.Content
  package let added: IPSet.Content
}

extension InstalledFilter {
  /// What leads from this state to another; tables that are the same are left out.
  package func difference(to new: InstalledFilter) -> [FilterDifference] {
    IPFamily.allCases.flatMap { family in
      TableName.allCases.compactMap { name in
        let before = filter.table(family, name)
        let after = new.filter.table(family, name)
        let difference = FilterDifference(
          table: name, family: family,
          entrances: Hook.allCases.filter { $0.table == name }.compactMap {
            entranceDifference(to: new, Entry(family, $0))
          },
          chains: paired(before?.chains ?? [], after?.chains ?? [], by: \.name).compactMap(
            Iptables.difference),
          sets: paired(
            filter.sets(family, name), new.filter.sets(family, name), by: \.name
          ).compactMap(Iptables.difference))
        return difference.isEmpty ? nil : difference
      }
    }
  }

  /// Where nothing of others is ahead.
  package func difference(to wanted: PacketFilter) -> [FilterDifference] {
    difference(to: InstalledFilter(filter: wanted))
  }

  private func entranceDifference(
    to new: InstalledFilter, _ entry: Entry
  ) -> EntranceDifference? {
    let (before, after) = (entrances(entry), new.entrances(entry))
    // What a listing has around the jump is compared with the place that it is to have.
    let isListed = (old: surroundings[entry] != nil, new: new.surroundings[entry] != nil)
    let meant =
      isListed.new && !isListed.old ? before.first ?? after.first : after.first ?? before.first
    guard let meant else { return nil }
    // A translator of other connections, such as Docker's containers, is in nobody's way.
    let translated = filter.translated(entry.family) + new.filter.translated(entry.family)
    let removed = surroundings[entry]?.displacing(meant.place, of: translated) ?? []
    let added = new.surroundings[entry]?.displacing(meant.place, of: translated) ?? []
    let cause: EntranceDifference.Cause
    if removed != added {
      cause = .others(removed: removed, added: added)
    } else if before.count != after.count {
      cause = .number
    } else if !isListed.old, !isListed.new, before != after {
      cause = .place
    } else {
      return nil
    }
    return EntranceDifference(
      entrance: meant, change: before.isEmpty ? .added : after.isEmpty ? .removed : .changed,
      cause: cause)
  }

  private func entrances(_ entry: Entry) -> [Entrance] {
    filter.table(entry.family, entry.hook.table)?.entrances.filter { $0.hook == entry.hook } ?? []
  }
}

extension PacketFilter {
  /// The sets that rules of a table name.
  package func sets(_ family: IPFamily, _ table: TableName) -> [IPSet] {
    sets.filter { $0.family == family && PacketFilter.table(ofSet: $0.name) == table }
  }

  package func difference(to new: PacketFilter) -> [FilterDifference] {
    InstalledFilter(filter: self).difference(to: new)
  }
}

private func difference(_ old: Chain?, _ new: Chain?) -> ChainDifference? {
  guard let either = new ?? old else { return nil }
  let (removed, added) = ruleDifference(old?.rules ?? [], new?.rules ?? [])
  let change: Change = old == nil ? .added : new == nil ? .removed : .changed
  if change == .changed, removed.isEmpty, added.isEmpty { return nil }
  return ChainDifference(name: either.name, change: change, removed: removed, added: added)
}

private func difference(_ old: IPSet?, _ new: IPSet?) -> SetDifference? {
  guard let either = new ?? old else { return nil }
  let change: Change = old == nil ? .added : new == nil ? .removed : .changed
  let before = old?.content ?? either.content.empty
  let after = new?.content ?? either.content.empty
  let (removed, added) = contentDifference(before, after)
  if change == .changed, removed.count + added.count == 0 { return nil }
  let comments = [new?.comment, old?.comment].compactMap(\.self)
  return SetDifference(
    name: either.name, comment: comments.first { !$0.isEmpty } ?? "", change: change,
    removed: removed, added: added)
}

extension IPSet.Content {
  fileprivate var empty: IPSet.Content {
    switch self {
    case .addresses: .addresses([])
    case .endpoints: .endpoints([])
    case .prefixes: .prefixes([])
    }
  }
}

private func contentDifference(
  _ old: IPSet.Content, _ new: IPSet.Content
) -> (removed: IPSet.Content, added: IPSet.Content) {
  func difference<Element: Hashable>(_ old: [Element], _ new: [Element]) -> (
    removed: [Element], added: [Element]
  ) {
    let (before, after) = (Set(old), Set(new))
    return (old.filter { !after.contains($0) }, new.filter { !before.contains($0) })
  }
  switch (old, new) {
  case (.addresses(let old), .addresses(let new)):
    let (removed, added) = difference(old, new)
    return (.addresses(removed), .addresses(added))
  case (.endpoints(let old), .endpoints(let new)):
    let (removed, added) = difference(old, new)
    return (.endpoints(removed), .endpoints(added))
  case (.prefixes(let old), .prefixes(let new)):
    let (removed, added) = difference(old, new)
    return (.prefixes(removed), .prefixes(added))
  case (.addresses, _), (.endpoints, _), (.prefixes, _): return (old, new)
  }
}

extension Rule {
  /// Without its comment: what it does.
  fileprivate var identity: Rule { Rule(matches, target) }

  /// Whether it may trade places with rules like it.
  fileprivate var returns: Bool { target == .return }
}

/// Beyond so many rules on a side that differ, all of them go and all come: finding the fewest takes
/// time that grows with the square.
private let mostCompared = 2000

/// The rules that go and come. Rules that only return have no order among themselves; elsewhere a
/// rule that moved goes and comes again.
private func ruleDifference(_ old: [Rule], _ new: [Rule]) -> (removed: [Rule], added: [Rule]) {
  let before = old.map(\.identity)
  let after = new.map(\.identity)
  let start = zip(before, after).prefix { $0 == $1 }.count
  let end = zip(before.dropFirst(start).reversed(), after.dropFirst(start).reversed())
    .prefix { $0 == $1 }.count
  let oldRules = Array(old[start..<(old.count - end)])
  let newRules = Array(new[start..<(new.count - end)])
  if oldRules.isEmpty || newRules.isEmpty { return (oldRules, newRules) }
  if (oldRules + newRules).allSatisfy(\.returns) {
    return (subtract(oldRules, newRules), subtract(newRules, oldRules))
  }
  if max(oldRules.count, newRules.count) > mostCompared { return (oldRules, newRules) }
  var removed: [Rule] = []
  var added: [Rule] = []
  for change in newRules.map(\.identity).difference(from: oldRules.map(\.identity)) {
    switch change {
    case .remove(let offset, _, _): removed.append(oldRules[offset])
    case .insert(let offset, _, _): added.append(newRules[offset])
    }
  }
  // Removals are reported from the end.
  return (removed.reversed(), added)
}

/// The rules that `others` does not have, each as often as it is missing.
private func subtract(_ rules: [Rule], _ others: [Rule]) -> [Rule] {
  var counts: [Rule: Int] = [:]
  for rule in others { counts[rule.identity, default: 0] += 1 }
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
