import Analysis
import NetSets
import PolicyModel

/// A group of endpoints and addresses of none.
extension AssertionChecker {
  /// - Parameter direction: seen from the group.
  mutating func requireOutside(
    _ group: EndGroup, _ direction: Direction, _ peers: EndSet, _ asked: AskedTraffic
  ) {
    if peers.addresses.isEmpty { return }
    let written = addresses(peers, of: group)
    if written.isEmpty {
      // Of a family that it has no address in; what pods have there was asked about with them.
      let isMet = peers.endpoints.contains { !$0.value.isDisjoint(with: group.key.families) }
      if !isMet { add(.unconnected, group, direction, peers.addresses, asked.forbidden, []) }
      return
    }
    var unseen = written
    for part in connectivity.outside(group.key.classID, direction) {
      let shown = part.addresses.intersection(written)
      if shown.isEmpty { continue }
      unseen = unseen.subtracting(shown)
      let allowed = connectivity.table[part.traffic]
      let wanted = allowed.intersection(asked.forbidden)
      if !outside(shown, group, direction).isEmpty {
        coverage.allow(graph, direction, group.first, shown, wanted)
      }
      switch asked {
      case .any: break
      case .exactly(let traffic) where wanted != traffic:
        deny(group, direction, shown, traffic.subtracting(wanted))
      case .exactly: break
      }
    }
    deny(group, direction, unseen, asked.forbidden)
  }

  /// - Parameter direction: seen from the group.
  mutating func forbidOutside(
    _ group: EndGroup, _ direction: Direction, _ peers: EndSet, _ forbidden: TrafficSet
  ) {
    if peers.addresses.isEmpty { return }
    let written = addresses(peers, of: group)
    var unseen = written
    for part in connectivity.outside(group.key.classID, direction) {
      let shown = part.addresses.intersection(written)
      if shown.isEmpty { continue }
      let traffic = connectivity.table[part.traffic].intersection(forbidden)
      if traffic == forbidden { unseen = unseen.subtracting(shown) }
      if traffic.isEmpty { continue }
      for (members, addresses) in byNode(group, shown, direction) where !addresses.isEmpty {
        let causes = graph.allowing(direction, group.first, shown, traffic)
        add(.allowed, EndGroup(key: group.key, members: members), direction, shown, traffic, causes)
      }
    }
    if !outside(unseen, group, direction).isEmpty {
      coverage.deny(connectivity, direction, group.first)
    }
    forbidOwnNode(group, direction, peers, forbidden)
  }

  /// A node's address that a test names by itself is asked about also where it always reaches.
  private mutating func forbidOwnNode(
    _ group: EndGroup, _ direction: Direction, _ peers: EndSet, _ forbidden: TrafficSet
  ) {
    for address in peers.single.sorted() where graph.endpoint(at: address) == nil {
      let members = group.members.filter { exempt($0, direction).contains(address) }
      if members.isEmpty { continue }
      let cause = Violation.Cause(
        text: "a pod and its own node always reach each other", policy: nil, location: nil)
      add(
        .allowed, EndGroup(key: group.key, members: members), direction,
        AddressSet(CollectionOfOne(AddressRange(address))), forbidden, [cause])
    }
  }

  private mutating func deny(
    _ group: EndGroup, _ direction: Direction, _ shown: AddressSet, _ traffic: TrafficSet
  ) {
    for (members, addresses) in byNode(group, shown, direction) where !addresses.isEmpty {
      let causes = graph.isolating(direction, group.first).map(\.cause)
      add(.denied, EndGroup(key: group.key, members: members), direction, shown, traffic, causes)
    }
  }

  /// Those of the families that the group has.
  private func addresses(_ peers: EndSet, of group: EndGroup) -> AddressSet {
    group.key.families.reduce(AddressSet.empty) {
      $0.union(peers.addresses.restricted(to: $1))
    }
  }

  /// The members by their node, with the addresses that neither a pod has nor that node.
  private func byNode(
    _ group: EndGroup, _ shown: AddressSet, _ direction: Direction
  ) -> [(members: [Int], addresses: AddressSet)] {
    let rest = shown.subtracting(endpointAddresses)
    let nodes = Dictionary(grouping: group.members) { exempt($0, direction).filter(rest.contains) }
    return nodes.map { own, members in
      (members, rest.subtracting(AddressSet(own.map { AddressRange($0) })))
    }.sorted { $0.members[0] < $1.members[0] }
  }

  private func outside(
    _ shown: AddressSet, _ group: EndGroup, _ direction: Direction
  ) -> AddressSet {
    shown.subtracting(endpointAddresses)
      .subtracting(AddressSet(exempt(group.first, direction).map { AddressRange($0) }))
  }

  /// The addresses of an endpoint's own node, where policies do not decide about it.
  private func exempt(_ endpoint: Int, _ direction: Direction) -> [IPAddress] {
    direction == .ingress || !graph.enforcement.policesOwnNode
      ? graph.endpoints[endpoint].nodeAddresses : []
  }

  private mutating func add(
    _ kind: Violation.Kind, _ group: EndGroup, _ direction: Direction, _ addresses: AddressSet,
    _ traffic: TrafficSet, _ causes: [Violation.Cause]
  ) {
    if isFull { return }
    let (own, other) = (
      Violation.Side.endpoints(group.members), Violation.Side.addresses(addresses)
    )
    violations.append(
      Violation(
        kind: kind, from: direction == .egress ? own : other,
        to: direction == .egress ? other : own, traffic: traffic, onlyIn: nil, causes: causes))
  }
}
