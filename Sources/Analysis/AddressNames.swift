import NetSets
import PolicyModel

/// Calls sets of addresses what policies call them.
package struct AddressNames: Sendable {
  /// Largest first.
  private let blocks: [(block: IPBlock, addresses: AddressSet)]

  /// - Parameter graphs: whose rules name addresses.
  package init(_ graphs: [PolicyGraph]) {
    var seen: Set<IPBlock> = []
    for edge in graphs.flatMap(\.edges) {
      for case .block(let block) in (edge.peers ?? []).map(\.match) { seen.insert(block) }
    }
    blocks = seen.map { ($0, $0.addresses) }.sorted { left, right in
      (left.block.cidr.length, left.block.description)
        < (right.block.cidr.length, right.block.description)
    }
  }

  /// Disjoint parts that make up the set: everything is `internet`, then the blocks of rules that
  /// are in it as they are written, or a block without what is missing, or prefixes: whatever takes
  /// the fewest words.
  /// - Parameter families: those that matter to who connects; in others nothing is missing.
  package func parts(of set: AddressSet, families: Set<IPFamily>) -> [AddressPart] {
    let everything = families.reduce(AddressSet.empty) {
      $0.union(AddressSet.all.restricted(to: $1))
    }
    if set == everything { return [AddressPart(name: "internet", addresses: set, words: 1)] }
    return IPFamily.allCases.flatMap { family -> [AddressPart] in
      let part = set.restricted(to: family)
      if part.isEmpty { return [] }
      let written = blocks(in: part)
      guard let whole = cover(part, in: family), whole.words < written.reduce(0, { $0 + $1.words })
      else { return written }
      return [whole]
    }
  }

  /// Blocks that are wholly in the set, then what is left of it.
  private func blocks(in set: AddressSet) -> [AddressPart] {
    var rest = set
    var parts: [AddressPart] = []
    for (block, addresses) in blocks where !rest.isEmpty {
      // The first address alone rules most out.
      guard let first = addresses.ranges.first, rest.contains(first.first),
        addresses.isSubset(of: rest)
      else { continue }
      parts.append(
        AddressPart(
          name: block.description, addresses: addresses, words: 1 + block.except.count))
      rest = rest.subtracting(addresses)
    }
    let prefixes = rest.prefixes
    guard let family = rest.ranges.first?.family, let whole = cover(rest, in: family),
      whole.words < prefixes.count
    else {
      return parts
        + prefixes.map { AddressPart(name: $0.description, addresses: AddressSet($0), words: 1) }
    }
    return parts + [whole]
  }

  /// The prefix of some block around all of the set, except what is not in it.
  private func cover(_ set: AddressSet, in family: IPFamily) -> AddressPart? {
    guard let first = set.ranges.first?.first, let last = set.ranges.last?.upper else { return nil }
    let whole = IPPrefix(IPAddress(family: family, bits: 0), length: 0)
    let around = ([whole] + blocks.map(\.block.cidr)).filter { prefix in
      prefix.family == family && prefix.contains(first)
        && prefix.contains(IPAddress(family: family, bits: last))
    }
    guard let prefix = around.max(by: { $0.length < $1.length }) else { return nil }
    let missing = AddressSet(prefix).subtracting(set).prefixes
    return AddressPart(
      name: IPBlock(cidr: prefix, except: missing).description, addresses: set,
      words: 1 + missing.count)
  }
}

/// Addresses under one name.
package struct AddressPart: Sendable {
  package let name: String
  package let addresses: AddressSet
  /// How many prefixes the name has.
  let words: Int
}

extension AddressSet {
  /// The fewest prefixes that make it up.
  var prefixes: [IPPrefix] { ranges.flatMap(\.prefixes) }

  func isSubset(of other: AddressSet) -> Bool { subtracting(other).isEmpty }
}
