import Diagnostics
import NetSets
import PolicyModel

/// Finds what was done to make a connection allowed or denied: asks the decision of both versions
/// and looks at what decided.
struct CauseFinder: Sendable {
  private let base: ReviewSide
  private let head: ReviewSide
  private let changes: PolicyChanges
  /// Addresses of nodes in either version.
  private let nodes: Set<IPAddress>

  init(from base: ReviewSide, to head: ReviewSide) {
    self.base = base
    self.head = head
    changes = PolicyChanges(from: base, to: head)
    nodes = Set((base.graph.endpoints + head.graph.endpoints).lazy.flatMap(\.nodeAddresses))
  }

  func causes(of change: ConnectionChange) -> [ChangeCause] {
    var causes: [ChangeCause] = []
    for sample in change.samples {
      for unit in [sample.from, sample.to].compactMap(\.self) {
        if unit.base == nil { causes.append(ChangeCause("\(unit.named.name) is new", at: nil)) }
        if unit.head == nil { causes.append(ChangeCause("\(unit.named.name) is gone", at: nil)) }
      }
      for layer4 in change.traffic.samples(change.onlyIn) {
        causes += self.causes(of: change, sample, layer4)
      }
    }
    var seen: Set<ChangeCause> = []
    return causes.filter { seen.insert($0).inserted }
  }

  private func causes(
    of change: ConnectionChange, _ sample: ConnectionChange.Sample, _ layer4: Connection.Layer4
  ) -> [ChangeCause] {
    let before = decision(base.graph, change, sample, \.base, layer4)
    let after = decision(head.graph, change, sample, \.head, layer4)
    return Direction.allCases.reversed().flatMap { direction -> [ChangeCause] in
      let subject = direction == .egress ? sample.from : sample.to
      let old = before?.verdict(direction)
      let new = after?.verdict(direction)
      // What a new workload gets, and what one that is gone had, is told by its own side's rule.
      guard let subject else { return [] }
      switch (old, new) {
      case (nil, nil): return []
      case (nil, let new?): return changes.admitted(by: new, isInBase: false)
      case (let old?, nil): return changes.admitted(by: old, isInBase: true)
      case (let old?, let new?):
        if old.isAllowed == new.isAllowed { return [] }
        let found =
          new.isAllowed
          ? changes.opened(direction, subject, old, new)
          : changes.closed(direction, subject, old, new)
        // A rule of another tier can make one count that was there all along.
        return found.isEmpty
          ? [ChangeCause("rules are asked in another order than before", at: nil)] : found
      }
    }
  }

  /// nil when a version does not have both ends.
  private func decision(
    _ graph: PolicyGraph, _ change: ConnectionChange, _ sample: ConnectionChange.Sample,
    _ version: KeyPath<JointUnit, Unit?>, _ layer4: Connection.Layer4
  ) -> Decision? {
    let families = change.onlyIn.map { [$0] } ?? IPFamily.allCases
    for family in families {
      guard let from = party(graph, change.from, sample.from?[keyPath: version], family),
        let to = party(graph, change.to, sample.to?[keyPath: version], family)
      else { continue }
      return graph.decision(from: from, to: to, layer4)
    }
    return nil
  }

  /// nil when there is no such end, or none with an address in the family.
  private func party(
    _ graph: PolicyGraph, _ end: ChangedEnd, _ unit: Unit?, _ family: IPFamily
  ) -> Party? {
    if case .addresses(_, let set) = end {
      return example(of: set.restricted(to: family), in: graph).map {
        Party(endpoint: nil, address: $0)
      }
    }
    guard let unit else { return nil }
    let addresses = graph.endpoints[unit.endpoint].addresses
    if addresses.isEmpty { return Party(endpoint: unit.endpoint, address: nil) }
    return addresses.first { $0.family == family }.map {
      Party(endpoint: unit.endpoint, address: $0)
    }
  }

  /// An address of the set that policies decide about: neither a node's, which its own pods may
  /// always reach, nor an endpoint's.
  private func example(of set: AddressSet, in graph: PolicyGraph) -> IPAddress? {
    for range in set.ranges {
      var next = range.lower
      while true {
        let address = IPAddress(family: range.family, bits: next)
        if !nodes.contains(address), graph.endpoint(at: address) == nil { return address }
        if next == range.upper { break }
        next += 1
      }
    }
    return set.ranges.first?.first
  }
}

extension Decision {
  fileprivate func verdict(_ direction: Direction) -> Verdict {
    switch direction {
    case .ingress: ingress
    case .egress: egress
    }
  }
}

extension TrafficSet {
  /// Connections that stand for all of the set: one a run of ports, of many the first few.
  fileprivate func samples(_ family: IPFamily?) -> [Connection.Layer4] {
    var samples: [Connection.Layer4] = []
    for transport in Transport.allCases {
      for range in self[transport].ranges.prefix(4) {
        samples.append(.transport(transport, port: max(1, range.lowerBound)))
      }
    }
    if others { samples.append(.other(IPProtocol(number: 47))) }
    return samples
  }
}
