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
    let tiers = tieredEdges(of: groups[group])
    var segments: [Meaning.Segment] = []
    for range in elementaryRanges(tiers.flatMap(\.1), exempt) {
      let address = IPAddress(family: range.family, bits: range.lower)
      let peer = party(at: address)
      let destination = direction == .ingress ? endpoint : peer.endpoint
      let ports = destination.map { endpoints[$0].ports } ?? []
      let traffic =
        exempt.contains(address) ? .all : traffic(tiers, with: peer, destinationPorts: ports)
      segments.append(Meaning.Segment(range: range, traffic: traffic))
    }
    return Meaning(segments)
  }

  /// Asks the tiers in order with all traffic at once: what a rule matches goes its way, and only
  /// the rest reaches the next.
  /// - Parameter destinationPorts: what the destination's containers call their ports.
  func traffic(
    _ tiers: [(Tier, [Edge])], with peer: Party, destinationPorts: [NamedPort]
  ) -> TrafficSet {
    var allowed = TrafficSet.empty
    var undecided = TrafficSet.all
    for (tier, edges) in tiers {
      var passed = TrafficSet.empty
      for edge in edges where match(edge, peer: peer) != nil {
        let matched = undecided.intersection(TrafficSet(edge.ports, at: destinationPorts))
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
      case .pass, .audit: undecided = undecided.union(passed)
      }
    }
    return allowed.union(undecided)
  }

  /// What decides for the endpoints of a group: by tier, in order, the rules in order.
  func tieredEdges(of group: PolicyGroup) -> [(Tier, [Edge])] {
    tiers(of: group).map { tier in
      (tier.tier, tier.policies.flatMap { policies[$0].edges(group.direction) ?? [] })
    }
  }

  /// Ranges inside which the edges cannot tell addresses apart, covering both families.
  private func elementaryRanges(_ edges: [Edge], _ exempt: [IPAddress]) -> [AddressRange] {
    var cuts = AddressCuts()
    for address in exempt { cuts.cut(AddressRange(address)) }
    for edge in edges {
      var namesPorts = false
      for port in edge.ports ?? [] {
        if case .named = port.match { namesPorts = true }
      }
      // A name stands for other numbers at every endpoint.
      for endpoint in namesPorts ? endpoints : [] {
        for address in endpoint.addresses { cuts.cut(AddressRange(address)) }
      }
      for peer in edge.peers ?? [] {
        switch peer.match {
        case .set(let set):
          for member in peerSets[set].members {
            for address in endpoints[member].addresses { cuts.cut(AddressRange(address)) }
          }
        case .block(let block):
          cuts.cut(block.cidr.range)
          for hole in block.except { cuts.cut(hole.range) }
        }
      }
    }
    return cuts.ranges
  }
}

extension TrafficSet {
  /// What a rule's `ports` stand for where containers give ports these names.
  package init(_ ports: [RulePort]?, at named: [NamedPort]) {
    guard let ports else {
      self = .all
      return
    }
    self = .empty
    for port in ports {
      let set: PortSet =
        switch port.match {
        case .any: .all
        case .numbers(let range): PortSet(CollectionOfOne(range))
        case .named(let name):
          PortSet(
            named.filter { $0.name == name && $0.transport == port.transport }
              .map { $0.number...$0.number })
        }
      self[port.transport] = self[port.transport].union(set)
    }
  }
}
