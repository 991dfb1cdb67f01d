import Diagnostics
import NetSets
import PolicyModel

/// What a route leads to from outside, and what policies make of it.
package struct RoutedConnection: Sendable {
  package let route: ObjectReference
  package let location: SourceLocation
  package let unit: Unit
  package let traffic: TrafficSet
  package let admission: Admission

  /// Whom the policies of the unit let in on these ports. Who forwards the connections, such as the
  /// pods of an ingress controller, is not known.
  package enum Admission: Sendable {
    case anyone
    /// Whom these rules name.
    case named([Provenance])
    case noOne
  }
}

extension Connectivity {
  /// - Parameter ports: those that a route leads to.
  package func routed(
    _ route: ObjectReference, at location: SourceLocation, to unit: Unit, _ ports: TrafficSet
  ) -> [RoutedConnection] {
    func connection(
      _ traffic: TrafficSet, _ admission: RoutedConnection.Admission
    ) -> RoutedConnection? {
      traffic.isEmpty
        ? nil
        : RoutedConnection(
          route: route, location: location, unit: unit, traffic: traffic, admission: admission)
    }
    let endpoint = graph.endpoints[unit.endpoint]
    guard let group = endpoint.ingress else {
      return [connection(ports, .anyone)].compactMap(\.self)
    }
    let tiers = graph.tieredEdges(of: graph.groups[group])
    // Nobody in particular: what is let in then is let in from everyone.
    let stranger = Party(endpoint: nil, address: nil)
    let open = ports.intersection(
      graph.traffic(tiers, with: stranger, destinationPorts: endpoint.ports))
    var named = TrafficSet.empty
    var rules: [Provenance] = []
    for edge in tiers.flatMap(\.1) where edge.action == .allow && !(edge.peers ?? []).isEmpty {
      let matched = ports.subtracting(open).intersection(
        TrafficSet(edge.ports, at: endpoint.ports))
      if matched.isEmpty { continue }
      named = named.union(matched)
      rules.append(edge.provenance)
    }
    return [
      connection(open, .anyone), connection(named, .named(rules)),
      connection(ports.subtracting(open).subtracting(named), .noOne),
    ].compactMap(\.self)
  }
}
