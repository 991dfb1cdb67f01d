import NetSets
import PolicyModel

/// All that a graph allows: for every two classes of endpoints, and for every class and the outside
/// world, the traffic. Agrees with `decision(on:)` on every connection but neighbour discovery,
/// which is always allowed.
package struct Connectivity: Sendable {
  /// Without the policies that are only tried.
  package let graph: PolicyGraph
  package let classes: EndpointClasses
  /// Those that some endpoint has an address in; IPv4 where none has any.
  package let families: [IPFamily]
  package private(set) var table: TrafficTable
  private let ingress: SideTraffic
  private let egress: SideTraffic
  /// Addresses that no known pod has and that are denied (`Enforcement.closedRanges`).
  private let closed: AddressSet

  package init(_ graph: PolicyGraph) {
    let graph = graph.enforced
    self.graph = graph
    classes = EndpointClasses(graph)
    let present = Set(graph.endpoints.lazy.flatMap(\.addresses).map(\.family))
    families = present.isEmpty ? [.ipv4] : IPFamily.allCases.filter(present.contains)
    var table = TrafficTable()
    ingress = SideTraffic(.ingress, graph, classes, families, &table)
    egress = SideTraffic(.egress, graph, classes, families, &table)
    self.table = table
    closed = AddressSet(graph.enforcement.closedRanges.map(\.range))
  }

  /// The traffic between two classes, not counting what a pod's own node may.
  package mutating func traffic(
    from source: EndpointClasses.ID, to destination: EndpointClasses.ID, _ family: IPFamily
  ) -> TrafficTable.ID {
    guard classes.signatures[source].families.contains(family),
      classes.signatures[destination].families.contains(family)
    else { return TrafficTable.none }
    return table.intersection(
      egress.traffic(of: source, with: destination, family),
      ingress.traffic(of: destination, with: source, family))
  }

  /// What an endpoint of the class may receive from, or send to, addresses of no endpoint: disjoint
  /// sets of addresses with the traffic of each.
  package func outside(
    _ id: EndpointClasses.ID, _ direction: Direction
  ) -> [(addresses: AddressSet, traffic: TrafficTable.ID)] {
    let has = classes.signatures[id].families
    return side(direction).outside(of: id).compactMap { part in
      var addresses = part.addresses.subtracting(closed)
      for family in IPFamily.allCases where !has.contains(family) {
        addresses = addresses.subtracting(AddressSet.all.restricted(to: family))
      }
      return addresses.isEmpty ? nil : (addresses, part.traffic)
    }
  }

  /// The traffic between two ends, exact for every pair.
  package func traffic(from source: Party, to destination: Party) -> TrafficSet {
    traffic(.egress, of: source, with: destination)
      .intersection(traffic(.ingress, of: destination, with: source))
  }

  /// What the policies of one endpoint allow with another, whatever those of the other say, not
  /// counting what a pod's own node may.
  /// - Parameter family: one that both have.
  package func traffic(
    _ direction: Direction, of endpoint: Int, with peer: Int, _ family: IPFamily
  ) -> TrafficSet {
    let classes = classes.classes
    return table[side(direction).traffic(of: classes[endpoint], with: classes[peer], family)]
  }

  private func side(_ direction: Direction) -> SideTraffic {
    switch direction {
    case .ingress: ingress
    case .egress: egress
    }
  }

  private func traffic(
    _ direction: Direction, of party: Party, with peer: Party
  ) -> TrafficSet {
    guard let index = party.endpoint else { return unknown(party, with: peer) ? .empty : .all }
    let subject = graph.endpoints[index]
    guard subject.isLocal else { return .all }
    if let address = peer.address, subject.nodeAddresses.contains(address),
      direction == .ingress || !graph.enforcement.policesOwnNode
    {
      return .all
    }
    let id = classes.classes[index]
    if let other = peer.endpoint {
      let family = peer.address?.family ?? party.address?.family ?? families[0]
      return table[side(direction).traffic(of: id, with: classes.classes[other], family)]
    }
    guard let address = peer.address else { return .empty }
    let part = side(direction).outside(of: id).first { $0.addresses.contains(address) }
    return part.map { table[$0.traffic] } ?? .empty
  }

  private func unknown(_ party: Party, with peer: Party) -> Bool {
    guard let address = party.address, closed.contains(address) else { return false }
    return !(peer.address.map(graph.enforcement.nodeAddresses.contains) ?? false)
  }
}
