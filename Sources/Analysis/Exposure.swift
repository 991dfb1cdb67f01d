import NetSets
import PolicyModel

/// Whom a unit's policies let in or out, whether or not anyone is there: also pods and namespaces
/// that do not exist yet.
package struct Exposure: Sendable {
  package let unit: Unit
  package let direction: Direction
  /// nil where no policy isolates it: anyone, every port.
  package let openings: [Opening]?

  /// One peer of one rule.
  package struct Opening: Sendable {
    package let action: Action
    /// nil is anyone.
    package let peer: EdgePeer?
    /// nil is every protocol and port.
    package let ports: [RulePort]?
    package let provenance: Provenance
  }
}

extension Connectivity {
  /// Of every unit, ingress first.
  package func exposures(_ units: [Unit]) -> [Exposure] {
    units.flatMap { unit in
      Direction.allCases.map { direction in
        let group = graph.endpoints[unit.endpoint].group(direction)
        let allowed = group.map { id -> [Exposure.Opening] in
          graph.groups[id].policies.flatMap { graph.policies[$0].edges(direction) ?? [] }
            .flatMap { openings(of: $0) }
        }
        return Exposure(unit: unit, direction: direction, openings: allowed)
      }
    }
  }

  private func openings(of edge: Edge) -> [Exposure.Opening] {
    // What is on no port at all lets nothing through.
    if edge.ports?.isEmpty ?? false { return [] }
    let peers: [EdgePeer?] = edge.peers ?? [nil]
    return peers.map { peer in
      Exposure.Opening(
        action: edge.action, peer: peer, ports: edge.ports,
        provenance: peer?.provenance ?? edge.provenance)
    }
  }
}
