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
  /// are in it as they are written, then prefixes.
  /// - Parameter families: those that matter to who connects; in others nothing is missing.
  package func parts(
    of set: AddressSet, families: Set<IPFamily>
  ) -> [(name: String, addresses: AddressSet)] {
    let everything = families.reduce(AddressSet.empty) {
      $0.union(AddressSet.all.restricted(to: $1))
    }
    if set == everything { return [("internet", set)] }
    var rest = set
    var parts: [(name: String, addresses: AddressSet)] = []
    for (block, addresses) in blocks where !rest.isEmpty {
      // The first address alone rules most out.
      guard let first = addresses.ranges.first, rest.contains(first.first),
        addresses.isSubset(of: rest)
      else { continue }
      parts.append((block.description, addresses))
      rest = rest.subtracting(addresses)
    }
    for range in rest.ranges {
      for prefix in range.prefixes {
        parts.append((prefix.description, AddressSet(prefix)))
      }
    }
    return parts
  }
}

extension AddressSet {
  func isSubset(of other: AddressSet) -> Bool { subtracting(other).isEmpty }
}
