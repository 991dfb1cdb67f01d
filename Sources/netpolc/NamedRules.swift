import Diagnostics
import PolicyModel

/// A policy's rules of one direction, with whom they name now.
struct NamedRules {
  private let edges: [Edge]
  private let direction: Direction
  private let graph: PolicyGraph

  init(_ policy: GraphPolicy, _ direction: Direction, in graph: PolicyGraph) {
    edges = policy.edges(direction) ?? []
    self.direction = direction
    self.graph = graph
  }

  var lines: [String] {
    if edges.isEmpty { return ["    nothing"] }
    let side = direction == .ingress ? "from" : "to"
    return edges.map { edge in
      let peers = edge.peers.map { $0.map(name).joined(separator: " or ") } ?? "anyone"
      let ports = edge.ports.map { $0.map(\.description).joined(separator: ", ") } ?? "any port"
      return "    \(side) \(peers), \(ports)   \(edge.provenance.location.fileAndLine)"
    }
  }

  private func name(_ peer: EdgePeer) -> String {
    guard let members = members(of: peer) else { return graph.text(peer) }
    let shown = members.prefix(5).joined(separator: ", ")
    let more = members.count > 5 ? " and \(members.count - 5) more" : ""
    return "\(graph.text(peer)) (\(members.isEmpty ? "no one" : shown + more))"
  }

  /// nil for addresses.
  private func members(of peer: EdgePeer) -> [String]? {
    guard case .set(let set) = peer.match else { return nil }
    return graph.peerSets[set].members.map { graph.endpoints[$0].displayName }
  }

  var json: JSON {
    .array(
      edges.map { edge in
        [
          "action": .string(edge.action.rawValue),
          "rule": .string(edge.provenance.path.description),
          "source": edge.provenance.location.json,
          "peers": edge.peers.map { .array($0.map { json($0) }) } ?? .null,
          "ports": edge.ports.map { .array($0.map { .string($0.description) }) } ?? .null,
        ]
      })
  }

  private func json(_ peer: EdgePeer) -> JSON {
    let name = JSON.string(graph.text(peer))
    guard let members = members(of: peer) else { return ["peer": name] }
    return ["peer": name, "now": .array(members.map { .string($0) })]
  }
}
