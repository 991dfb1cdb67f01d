import Diagnostics
import NetSets
import PolicyModel

/// A connection that one graph allows and another denies.
package struct MeaningDifference: Hashable, Sendable {
  /// The pod at `address`, by the side that knows it.
  package let pod: String
  package let address: IPAddress
  package let direction: Direction
  package let peers: AddressRange
  package let gained: TrafficSet
  package let lost: TrafficSet
}

/// Where two graphs differ in what they mean for packets: every difference, by address, direction
/// and range of peers; none when every packet gets the same verdict.
package func differences(from old: PolicyGraph, to new: PolicyGraph) -> [MeaningDifference] {
  var oldMeanings = MeaningCache(old)
  var newMeanings = MeaningCache(new)
  var found: [MeaningDifference] = []
  let addresses = Set((old.endpoints + new.endpoints).filter(\.isLocal).flatMap(\.addresses))
  for address in addresses.sorted() {
    for direction in Direction.allCases {
      let before = oldMeanings.meaning(of: address, direction)
      let after = newMeanings.meaning(of: address, direction)
      if before == after { continue }
      let endpoint =
        new.endpoint(at: address).map { new.endpoints[$0] }
        ?? old.endpoint(at: address).map { old.endpoints[$0] }
      found += compare(before, after).filter { $0.range.family == address.family }.map { part in
        MeaningDifference(
          pod: endpoint?.displayName ?? address.description, address: address,
          direction: direction, peers: part.range, gained: part.gained, lost: part.lost)
      }
    }
  }
  return found + closedDifferences(old, new)
}

/// Walks both lists of segments side by side.
private func compare(
  _ old: Meaning, _ new: Meaning
) -> [(range: AddressRange, gained: TrafficSet, lost: TrafficSet)] {
  var parts: [(range: AddressRange, gained: TrafficSet, lost: TrafficSet)] = []
  var left = 0
  var right = 0
  while left < old.segments.count, right < new.segments.count {
    let (before, after) = (old.segments[left], new.segments[right])
    let upper = min(before.range.upper, after.range.upper)
    let range = AddressRange(
      family: before.range.family, lower: max(before.range.lower, after.range.lower), upper: upper)
    if before.traffic != after.traffic {
      parts.append(
        (
          range, after.traffic.subtracting(before.traffic),
          before.traffic.subtracting(after.traffic)
        ))
    }
    if before.range.upper == upper { left += 1 }
    if after.range.upper == upper { right += 1 }
  }
  return parts
}

/// Addresses of no known pod that only one side closes.
private func closedDifferences(_ old: PolicyGraph, _ new: PolicyGraph) -> [MeaningDifference] {
  func closed(_ graph: PolicyGraph) -> AddressSet {
    AddressSet(graph.enforcement.closedRanges.map(\.range)).subtracting(
      AddressSet(graph.endpoints.flatMap(\.addresses).map { AddressRange($0) }))
  }
  func parts(_ ranges: [AddressRange], gained: TrafficSet, lost: TrafficSet) -> [MeaningDifference]
  {
    ranges.flatMap { range in
      Direction.allCases.map { direction in
        MeaningDifference(
          pod: "an unknown pod", address: IPAddress(family: range.family, bits: range.lower),
          direction: direction,
          peers: AddressRange(family: range.family, lower: 0, upper: range.family.highest),
          gained: gained, lost: lost)
      }
    }
  }
  let (before, after) = (closed(old), closed(new))
  return parts(before.subtracting(after).ranges, gained: .all, lost: .empty)
    + parts(after.subtracting(before).ranges, gained: .empty, lost: .all)
}

/// Computes each meaning once: endpoints of one group that name ports alike are treated alike.
private struct MeaningCache {
  private let graph: PolicyGraph
  private var known: [Key: Meaning] = [:]

  private struct Key: Hashable {
    let group: PolicyGroup.ID
    let ports: [NamedPort]
    let nodeAddresses: [IPAddress]
  }

  init(_ graph: PolicyGraph) { self.graph = graph }

  mutating func meaning(of address: IPAddress, _ direction: Direction) -> Meaning {
    guard let index = graph.endpoint(at: address) else { return .unpoliced }
    let endpoint = graph.endpoints[index]
    guard endpoint.isLocal, let group = endpoint.group(direction) else { return .unpoliced }
    let key = Key(group: group, ports: endpoint.ports, nodeAddresses: endpoint.nodeAddresses)
    if let meaning = known[key] { return meaning }
    let meaning = graph.meaning(of: index, direction)
    known[key] = meaning
    return meaning
  }
}
