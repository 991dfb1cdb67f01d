import NetSets
import PolicyModel

/// What an endpoint's policies allow in one direction: for every address of the peer, the traffic.
/// Canonical: two endpoints that are treated alike have equal values.
package struct Meaning: Hashable, Sendable {
  /// Sorted, covering both families, neighbours different.
  package let segments: [Segment]

  package struct Segment: Hashable, Sendable {
    package let range: AddressRange
    package let traffic: TrafficSet
  }

  /// What an address means that nothing polices.
  package static let unpoliced = Meaning(
    IPFamily.allCases.map {
      Segment(range: AddressRange(family: $0, lower: 0, upper: $0.highest), traffic: .all)
    })

  /// - Parameter segments: sorted and without gaps; equal neighbours are joined.
  init(_ segments: [Segment]) {
    var joined: [Segment] = []
    for segment in segments {
      guard let last = joined.last, last.range.family == segment.range.family,
        last.traffic == segment.traffic
      else {
        joined.append(segment)
        continue
      }
      let range = AddressRange(
        family: last.range.family, lower: last.range.lower, upper: segment.range.upper)
      joined[joined.count - 1] = Segment(range: range, traffic: last.traffic)
    }
    self.segments = joined
  }

  package func traffic(with peer: IPAddress) -> TrafficSet {
    segments.first { $0.range.contains(peer) }?.traffic ?? .empty
  }
}

extension PolicyGraph {
  /// The meaning of one local endpoint's policies. Neighbour discovery is left out: it is allowed
  /// whatever policies say.
  package func meaning(of endpoint: Int, _ direction: Direction) -> Meaning {
    let subject = endpoints[endpoint]
    guard subject.isLocal, let group = subject.group(direction) else { return .unpoliced }
    let exempt =
      direction == .ingress || !enforcement.policesOwnNode ? subject.nodeAddresses : []
    let tiers = tiers(of: groups[group]).map { tier in
      (tier.tier, tier.policies.flatMap { policies[$0].edges(direction) ?? [] })
    }
    var segments: [Meaning.Segment] = []
    for range in elementaryRanges(tiers.flatMap(\.1), exempt) {
      let peer = IPAddress(family: range.family, bits: range.lower)
      let traffic =
        exempt.contains(peer) ? .all : traffic(tiers, endpoint, direction, peer: peer)
      segments.append(Meaning.Segment(range: range, traffic: traffic))
    }
    return Meaning(segments)
  }

  /// Asks the tiers in order with all traffic at once: what a rule matches goes its way, and only
  /// the rest reaches the next.
  private func traffic(
    _ tiers: [(Tier, [Edge])], _ endpoint: Int, _ direction: Direction, peer: IPAddress
  ) -> TrafficSet {
    var allowed = TrafficSet.empty
    var undecided = TrafficSet.all
    let party = party(at: peer)
    let destination = direction == .ingress ? endpoint : party.endpoint
    for (tier, edges) in tiers {
      var passed = TrafficSet.empty
      for edge in edges where match(edge, peer: party) != nil {
        let matched = undecided.intersection(traffic(edge.ports, at: destination))
        switch edge.action {
        case .allow: allowed = allowed.union(matched)
        case .deny: break
        case .pass: passed = passed.union(matched)
        }
        undecided = undecided.subtracting(matched)
        if undecided.isEmpty { break }
      }
      switch tier.atEnd {
      case .deny: undecided = passed
      case .pass: undecided = undecided.union(passed)
      }
    }
    return allowed.union(undecided)
  }

  /// The traffic that a rule's ports let through to `destination`, whose containers give names to
  /// ports.
  package func traffic(_ ports: [RulePort]?, at destination: Int?) -> TrafficSet {
    guard let ports else { return .all }
    var traffic = TrafficSet.empty
    for port in ports {
      let set: PortSet =
        switch port.match {
        case .any: .all
        case .numbers(let range): PortSet(CollectionOfOne(range))
        case .named(let name):
          PortSet(
            (destination.map { endpoints[$0].ports } ?? [])
              .filter { $0.name == name && $0.transport == port.transport }
              .map { $0.number...$0.number })
        }
      traffic[port.transport] = traffic[port.transport].union(set)
    }
    return traffic
  }

  /// Ranges inside which the edges cannot tell addresses apart, covering both families.
  private func elementaryRanges(_ edges: [Edge], _ exempt: [IPAddress]) -> [AddressRange] {
    var starts: [IPFamily: Set<UInt128>] = [.ipv4: [0], .ipv6: [0]]
    func cut(_ range: AddressRange) {
      starts[range.family]?.insert(range.lower)
      if range.upper < range.family.highest { starts[range.family]?.insert(range.upper + 1) }
    }
    for address in exempt { cut(AddressRange(address)) }
    for edge in edges {
      var namesPorts = false
      for port in edge.ports ?? [] {
        if case .named = port.match { namesPorts = true }
      }
      // A name stands for other numbers at every endpoint.
      for endpoint in namesPorts ? endpoints : [] {
        for address in endpoint.addresses { cut(AddressRange(address)) }
      }
      for peer in edge.peers ?? [] {
        switch peer.match {
        case .set(let set):
          for member in peerSets[set].members {
            for address in endpoints[member].addresses { cut(AddressRange(address)) }
          }
        case .block(let block):
          cut(block.cidr.range)
          for hole in block.except { cut(hole.range) }
        }
      }
    }
    return IPFamily.allCases.flatMap { family -> [AddressRange] in
      let sorted = (starts[family] ?? []).sorted()
      return sorted.indices.map { index in
        let upper = index + 1 < sorted.count ? sorted[index + 1] - 1 : family.highest
        return AddressRange(family: family, lower: sorted[index], upper: upper)
      }
    }
  }
}
