import Diagnostics
import Kubernetes
import NetSets

/// The graph for people: who is isolated by what, whom each edge leads to, and who the peers are.
extension PolicyGraph {
  package var text: String {
    var lines: [String] = []
    for policy in policies {
      lines.append("\(policy.reference)  \(policy.location.fileAndLine)")
      lines.append("  tier \(policy.tier.name), selects \(policy.subject)")
      for direction in Direction.allCases {
        guard let edges = policy.edges(direction) else { continue }
        lines.append("  \(direction.rawValue)\(edges.isEmpty ? ": nothing allowed" : "")")
        for edge in edges { lines += text(edge, direction) }
      }
      lines.append("")
    }
    lines.append("peer sets")
    for set in peerSets.sorted(by: { $0.selector.description < $1.selector.description }) {
      lines.append("  \(set.selector)")
      for member in set.members { lines.append("    \(text(endpoints[member]))") }
      if set.members.isEmpty { lines.append("    no one") }
    }
    lines.append("")
    lines.append("endpoints")
    for endpoint in endpoints where endpoint.isLocal {
      lines.append("  \(text(endpoint))")
      for direction in Direction.allCases {
        let policies = endpoint.group(direction).map { groups[$0].policies } ?? []
        func names(_ isIncluded: (Tier) -> Bool) -> String {
          policies.map { self.policies[$0] }.filter { isIncluded($0.tier) }
            .map(\.reference.qualifiedName).joined(separator: ", ")
        }
        let (isolating, audited) = (names { !$0.isAudited }, names(\.isAudited))
        lines.append(
          "    \(direction.rawValue) "
            + (isolating.isEmpty ? "not isolated" : "isolated by \(isolating)")
            + (audited.isEmpty ? "" : ", audited by \(audited)"))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(_ edge: Edge, _ direction: Direction) -> [String] {
    let ports = edge.ports.map { $0.map(\.description).joined(separator: ", ") } ?? "any port"
    let head = "    \(edge.action.rawValue) \(edge.provenance.path)"
    let place = edge.provenance.location.fileAndLine
    guard let peers = edge.peers else { return ["\(head) anyone: \(ports)  \(place)"] }
    return ["\(head) \(ports)  \(place)"]
      + peers.map { peer in
        let side = direction == .ingress ? "from" : "to"
        return "      \(side) \(text(peer))  \(peer.provenance.location.fileAndLine)"
      }
  }

  /// `ns=shop pod{app=web}`, `10.0.0.0/8 except 10.66.0.0/16`.
  package func text(_ peer: EdgePeer) -> String {
    switch peer.match {
    case .set(let set): peerSets[set].selector.description
    case .block(let block): block.description
    }
  }

  private func text(_ endpoint: Endpoint) -> String {
    let addresses = endpoint.addresses.map(\.description).joined(separator: " ")
    let name = endpoint.displayName
    return addresses.isEmpty ? "\(name) (no address)" : "\(name) \(addresses)"
  }
}

extension Endpoint {
  package var displayName: String { reference.displayName }
}

extension ObjectReference {
  /// `shop/web-0`, and for what is no pod itself `shop/web[Deployment]`.
  package var displayName: String { kind == "Pod" ? qualifiedName : "\(qualifiedName)[\(kind)]" }
}

extension RulePort: CustomStringConvertible {
  /// `TCP`, `TCP 80`, `TCP 9000-9100`, `TCP http`.
  package var description: String {
    let name = transport.kubernetesName
    switch match {
    case .any: return name
    case .numbers(let range):
      return range.count == 1
        ? "\(name) \(range.lowerBound)" : "\(name) \(range.lowerBound)-\(range.upperBound)"
    case .named(let port): return "\(name) \(port)"
    }
  }
}
