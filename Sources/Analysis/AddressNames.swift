import NetSets
import PolicyModel

/// Calls sets of addresses what policies call them.
package struct AddressNames: Sendable {
  /// Largest first.
  private let candidates: [Candidate]

  private struct Candidate {
    let addresses: AddressSet
    let length: Int
    let kind: Kind

    enum Kind {
      /// A block or prefix as rules have it: it must be there as a whole.
      case written(String)
      /// A prefix, of which some is missing.
      case parted(IPPrefix)
    }

    var order: (Int, Int, String) {
      switch kind {
      case .written(let name): (length, 0, name)
      case .parted(let prefix): (length, 1, prefix.description)
      }
    }
  }

  /// - Parameter graphs: whose rules name addresses.
  package init(_ graphs: [PolicyGraph]) {
    var prefixes = Set(
      IPFamily.allCases.map { IPPrefix(IPAddress(family: $0, bits: 0), length: 0) })
    var exceptions: Set<IPBlock> = []
    for edge in graphs.flatMap(\.edges) {
      for case .block(let block) in (edge.peers ?? []).map(\.match) {
        prefixes.formUnion([block.cidr] + block.except)
        if !block.except.isEmpty { exceptions.insert(block) }
      }
    }
    let written = exceptions.map { block in
      Candidate(
        addresses: block.addresses, length: block.cidr.length, kind: .written(block.description))
    }
    let parted = prefixes.flatMap { prefix in
      [.written(prefix.description), .parted(prefix)].map { kind in
        Candidate(addresses: AddressSet(prefix), length: prefix.length, kind: kind)
      }
    }
    candidates = (written + parted).sorted { $0.order < $1.order }
  }

  /// Disjoint parts that make up the set: everything is `internet`, then the blocks of rules that
  /// are in it as they are written, then what little is missing of them, then prefixes.
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
    for candidate in candidates where !rest.isEmpty {
      guard let part = part(of: rest, candidate) else { continue }
      parts.append(part)
      rest = rest.subtracting(part.addresses)
    }
    for prefix in rest.prefixes { parts.append((prefix.description, AddressSet(prefix))) }
    return parts
  }

  private func part(
    of rest: AddressSet, _ candidate: Candidate
  ) -> (name: String, addresses: AddressSet)? {
    let addresses = candidate.addresses
    // The addresses at the edges alone rule most out.
    guard let first = addresses.ranges.first, let last = addresses.ranges.last,
      rest.contains(first.first)
        || rest.contains(IPAddress(family: last.family, bits: last.upper))
    else { return nil }
    let missing = addresses.subtracting(rest)
    switch candidate.kind {
    case .written(let name): return missing.isEmpty ? (name, addresses) : nil
    case .parted(let prefix):
      let present = addresses.subtracting(missing)
      let exceptions = missing.prefixes
      // Only where that says it in fewer words.
      guard exceptions.count + 1 < present.prefixes.count else { return nil }
      let names = exceptions.map(\.description).joined(separator: ",")
      return ("\(prefix) except \(names)", present)
    }
  }
}

extension AddressSet {
  func isSubset(of other: AddressSet) -> Bool { subtracting(other).isEmpty }

  fileprivate var prefixes: [IPPrefix] { ranges.flatMap(\.prefixes) }
}
