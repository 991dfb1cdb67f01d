import Diagnostics
import Kubernetes
import NetSets

/// The graph for programs, schema `netpolc.graph/v1`. Policies, peer sets and endpoints refer to
/// each other by their position in the arrays of this document.
extension PolicyGraph {
  package var json: JSON {
    [
      "schema": "netpolc.graph/v1",
      "policies": .array(policies.map { json($0) }),
      "peerSets": .array(
        peerSets.map { set in
          [
            "selector": .string(set.selector.description),
            "members": .array(set.members.map { .integer($0) }),
          ]
        }),
      "endpoints": .array(endpoints.map { json($0) }),
    ]
  }

  private func json(_ policy: GraphPolicy) -> JSON {
    var members: [(String, JSON)] = [
      ("policy", .string(policy.reference.description)),
      ("tier", .string(policy.tier.name)),
      ("subject", .string(policy.subject.description)),
      ("source", policy.location.json),
    ]
    for direction in Direction.allCases {
      guard let edges = policy.edges(direction) else { continue }
      members.append((direction.rawValue, .array(edges.map { json($0) })))
    }
    return .object(members)
  }

  private func json(_ edge: Edge) -> JSON {
    [
      "action": .string(edge.action.rawValue),
      "path": .string(edge.provenance.path.description),
      "source": edge.provenance.location.json,
      // null is anyone, and every port.
      "peers": edge.peers.map { .array($0.map { json($0) }) } ?? .null,
      "ports": edge.ports.map { .array($0.map { json($0) }) } ?? .null,
    ]
  }

  private func json(_ peer: EdgePeer) -> JSON {
    let match: (String, JSON) =
      switch peer.match {
      case .set(let set): ("set", .integer(set))
      case .block(let block):
        (
          "ipBlock",
          [
            "cidr": .string(block.cidr.description),
            "except": .array(block.except.map { .string($0.description) }),
          ]
        )
      }
    return .object([
      match, ("path", .string(peer.provenance.path.description)),
      ("source", peer.provenance.location.json),
    ])
  }

  private func json(_ port: RulePort) -> JSON {
    var members: [(String, JSON)] = [("protocol", .string(port.transport.kubernetesName))]
    switch port.match {
    case .any: break
    case .numbers(let range):
      members.append(("port", .integer(Int(range.lowerBound))))
      if range.count > 1 { members.append(("endPort", .integer(Int(range.upperBound)))) }
    case .named(let name): members.append(("name", .string(name)))
    }
    members.append(("path", .string(port.provenance.path.description)))
    return .object(members)
  }

  private func json(_ endpoint: Endpoint) -> JSON {
    var members: [(String, JSON)] = [
      ("kind", .string(endpoint.reference.kind)),
      ("name", .string(endpoint.reference.qualifiedName)),
      ("addresses", .array(endpoint.addresses.map { .string($0.description) })),
      ("node", endpoint.node.map { .string($0) } ?? .null),
      ("local", .bool(endpoint.isLocal)),
    ]
    for direction in Direction.allCases {
      let policies = endpoint.group(direction).map { groups[$0].policies }
      // null is not isolated.
      let names = policies.map { JSON.array($0.map { .integer($0) }) } ?? .null
      members.append((direction.rawValue + "Policies", names))
    }
    return .object(members)
  }
}
