import NetSets
import PolicyModel

/// Whom a rule may name: an endpoint, or any of a set of addresses of none.
package enum PeerScope: Sendable {
  case endpoint(Int)
  case addresses(AddressSet)
}

extension PolicyGraph {
  /// The rules of an endpoint's policies that let traffic with a peer through, in the order in
  /// which they are asked. None where no policy selects the endpoint in that direction.
  package func allowingRules(
    _ direction: Direction, of endpoint: Int, with peer: PeerScope, _ traffic: TrafficSet
  ) -> [Provenance] {
    guard let group = endpoints[endpoint].group(direction) else { return [] }
    let ports: [NamedPort] =
      switch (direction, peer) {
      case (.ingress, _): endpoints[endpoint].ports
      case (.egress, .endpoint(let other)): endpoints[other].ports
      case (.egress, .addresses): []
      }
    var undecided = traffic
    var found: [Provenance] = []
    for (_, edges) in tieredEdges(of: groups[group]) {
      var passed = TrafficSet.empty
      for edge in edges where !undecided.isEmpty {
        guard let part = part(of: edge, naming: peer) else { continue }
        let matched = undecided.intersection(TrafficSet(edge.ports, at: ports))
        if matched.isEmpty { continue }
        switch edge.action {
        case .allow: found.append(part.provenance)
        case .deny: break
        case .pass: passed = passed.union(matched)
        }
        // Several rules may share a set of addresses between them.
        if part.isWhole { undecided = undecided.subtracting(matched) }
      }
      undecided = undecided.union(passed)
    }
    return found
  }

  private func part(
    of edge: Edge, naming peer: PeerScope
  ) -> (provenance: Provenance, isWhole: Bool)? {
    guard let peers = edge.peers else { return (edge.provenance, true) }
    switch peer {
    case .endpoint(let index):
      // By whichever address: the traffic that is asked about says in which family it is allowed.
      let addresses = endpoints[index].addresses
      let parties =
        addresses.isEmpty
        ? [Party(endpoint: index, address: nil)]
        : addresses.map { Party(endpoint: index, address: $0) }
      return parties.lazy.compactMap { self.match(edge, peer: $0) }.first.map { ($0, true) }
    case .addresses(let set):
      for item in peers {
        guard case .block(let block) = item.match else { continue }
        let rest = set.subtracting(block.addresses)
        if rest != set { return (item.provenance, rest.isEmpty) }
      }
      return nil
    }
  }
}
