import ArgumentParser
import Compiler
import Diagnostics
import NetSets
import PolicyModel

/// `explain pod` and `explain policy`: one object of the graph, with what it is tied to.
struct ObjectExplanation {
  let graph: PolicyGraph
  let input: Input

  /// Who isolates the endpoint in each direction, and what is let through all the same.
  func pod(_ party: Party) -> String {
    guard let index = party.endpoint else {
      return "\(party.address?.description ?? "internet") is no pod: no policy selects it\n"
    }
    let endpoint = graph.endpoints[index]
    let addresses = endpoint.addresses.map(\.description).joined(separator: " ")
    var lines = ["\(endpoint.displayName)   \(addresses.isEmpty ? "no address" : addresses)"]
    for direction in Direction.allCases {
      guard let group = endpoint.group(direction) else {
        lines.append("\(direction.rawValue)   not isolated: everything is allowed")
        continue
      }
      let policies = graph.groups[group].policies.map { graph.policies[$0] }
      lines.append("\(direction.rawValue)   isolated; allowed is what a rule names")
      for policy in policies {
        lines.append("  \(policy.reference.qualifiedName)   \(policy.location.fileAndLine)")
        lines += rules(policy, direction)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Whom the policy selects, and whom its rules name.
  func policy(_ name: String) throws -> String {
    guard let policy = graph.policies.first(where: { $0.reference.qualifiedName == name }) else {
      let names = input.policies.map(\.reference.qualifiedName)
      if names.contains(name) { return "\(name) selects no pod: it does nothing\n" }
      let near = NearMiss.of(name, in: names).map { "; did you mean \($0)?" } ?? ""
      throw Console.fail("no policy \(name)\(near)", .badInput)
    }
    let position = graph.policies.firstIndex { $0.reference == policy.reference } ?? 0
    var lines = [
      "\(policy.reference)   \(policy.location.fileAndLine)", "selects \(policy.subject)",
    ]
    lines += graph.endpoints.filter { isSelected($0, by: position) }.map { "  \($0.displayName)" }
    for direction in Direction.allCases where policy.edges(direction) != nil {
      lines.append(direction.rawValue)
      lines += rules(policy, direction)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func isSelected(_ endpoint: Endpoint, by policy: Int) -> Bool {
    Direction.allCases.contains { direction in
      endpoint.group(direction).map { graph.groups[$0].policies.contains(policy) } ?? false
    }
  }

  private func rules(_ policy: GraphPolicy, _ direction: Direction) -> [String] {
    let edges = policy.edges(direction) ?? []
    if edges.isEmpty { return ["    nothing"] }
    let side = direction == .ingress ? "from" : "to"
    return edges.map { edge in
      let peers = edge.peers.map { $0.map(name).joined(separator: " or ") } ?? "anyone"
      let ports = edge.ports.map { $0.map(\.description).joined(separator: ", ") } ?? "any port"
      return "    \(side) \(peers), \(ports)   \(edge.provenance.location.fileAndLine)"
    }
  }

  /// A peer with the endpoints that it is now.
  private func name(_ peer: EdgePeer) -> String {
    guard case .set(let set) = peer.match else { return graph.text(peer) }
    let members = graph.peerSets[set].members.map { graph.endpoints[$0].displayName }
    let shown = members.prefix(5).joined(separator: ", ")
    let more = members.count > 5 ? " and \(members.count - 5) more" : ""
    return "\(graph.text(peer)) (\(members.isEmpty ? "no one" : shown + more))"
  }
}
