import Kubernetes
import NetSets

/// A new connection, as the packet that would open it is seen on the node's forwarding path: after
/// the translation of service addresses, before masquerade.
package struct Connection: Hashable, Sendable {
  package let source: IPAddress
  package let destination: IPAddress
  package let layer4: Layer4

  package enum Layer4: Hashable, Sendable {
    case transport(Transport, port: UInt16)
    /// ICMP and ICMPv6 by type.
    case icmp(type: UInt8)
    case other(IPProtocol)

    /// What the packet's header names, in the family of its addresses.
    package func ipProtocol(in family: IPFamily) -> IPProtocol {
      switch self {
      case .transport(let transport, _): transport.ipProtocol
      case .icmp: family == .ipv4 ? .icmp : .icmpv6
      case .other(let layer4): layer4
      }
    }
  }

  package init(from source: IPAddress, to destination: IPAddress, _ layer4: Layer4) {
    precondition(source.family == destination.family, "a connection has one family")
    self.source = source
    self.destination = destination
    self.layer4 = layer4
  }

  /// Whether it is what IPv6 cannot work without: multicast listener reports and neighbour
  /// discovery (RFC 2710, 4861, 3810). Policies never decide these.
  package var isNeighbourDiscovery: Bool {
    guard source.family == .ipv6, case .icmp(let type) = layer4 else { return false }
    return Connection.isNeighbourDiscovery(icmpv6Type: type)
  }

  package static func isNeighbourDiscovery(icmpv6Type type: UInt8) -> Bool {
    (130...137).contains(type) || type == 143
  }
}

/// What the policies of one side say, and why.
package enum Verdict: Hashable, Sendable {
  /// That side is no endpoint that we enforce.
  case notPoliced
  /// No policy selects the endpoint in that direction, or all passed.
  case notIsolated
  /// Traffic that policies do not reach: neighbour discovery, or the pod's own node.
  case exempt
  case allowed(by: Provenance)
  case denied(by: Provenance)
  /// Policies (indexes into `PolicyGraph.policies`) isolate the endpoint and no rule matched.
  case isolated(by: [Int])
  /// The same, but the policies are only tried: the connection is allowed.
  case audited(by: [Int])
  /// An address of `Enforcement.closedRanges` that no endpoint has.
  case unknownPod

  package var isAllowed: Bool {
    switch self {
    case .notPoliced, .notIsolated, .exempt, .allowed, .audited: true
    case .denied, .isolated, .unknownPod: false
    }
  }
}

/// A connection is allowed when both sides allow it.
package struct Decision: Hashable, Sendable {
  package let egress: Verdict
  package let ingress: Verdict

  package var isAllowed: Bool { egress.isAllowed && ingress.isAllowed }
}

/// One end of a connection: an endpoint of the graph, an address of none, or an endpoint that has no
/// address yet, such as a workload in a repository. What has no address is in no `ipBlock`.
package struct Party: Hashable, Sendable {
  package let endpoint: Int?
  package let address: IPAddress?

  package init(endpoint: Int?, address: IPAddress?) {
    self.endpoint = endpoint
    self.address = address
  }
}

/// The specification: what a policy graph means. Every backend and analysis is compared with it.
extension PolicyGraph {
  package func decision(on connection: Connection) -> Decision {
    decision(
      from: party(at: connection.source), to: party(at: connection.destination), connection.layer4)
  }

  package func decision(
    from source: Party, to destination: Party, _ layer4: Connection.Layer4
  ) -> Decision {
    Decision(
      egress: verdict(.egress, of: source, with: destination, layer4),
      ingress: verdict(.ingress, of: destination, with: source, layer4))
  }

  package func party(at address: IPAddress) -> Party {
    Party(endpoint: endpoint(at: address), address: address)
  }

  private func verdict(
    _ direction: Direction, of party: Party, with peer: Party, _ layer4: Connection.Layer4
  ) -> Verdict {
    if isNeighbourDiscovery(layer4, party) { return .exempt }
    guard let index = party.endpoint else { return unknownVerdict(of: party, with: peer) }
    let subject = endpoints[index]
    guard subject.isLocal else { return .notPoliced }
    if isExempt(direction, with: peer, ownNode: subject.nodeAddresses) { return .exempt }
    guard let group = subject.group(direction) else { return .notIsolated }
    var audited: [Int] = []
    tiers: for tier in tiers(of: groups[group]) {
      for policy in tier.policies {
        for edge in policies[policy].edges(direction) ?? [] {
          let destination = direction == .ingress ? index : peer.endpoint
          guard ports(edge.ports, allow: layer4, at: destination),
            let part = match(edge, peer: peer)
          else { continue }
          switch edge.action {
          case .allow: return .allowed(by: part)
          case .deny: return .denied(by: part)
          case .pass: continue tiers
          }
        }
      }
      switch tier.tier.atEnd {
      case .deny: return .isolated(by: tier.policies)
      case .pass: continue tiers
      case .audit: audited += tier.policies
      }
    }
    return audited.isEmpty ? .notIsolated : .audited(by: audited)
  }

  /// The group's policies by tier, in the order in which tiers are asked.
  package func tiers(of group: PolicyGroup) -> [(tier: Tier, policies: [Int])] {
    var tiers: [(tier: Tier, policies: [Int])] = []
    for policy in group.policies {
      let tier = policies[policy].tier
      if tiers.last?.tier == tier {
        tiers[tiers.count - 1].policies.append(policy)
      } else {
        tiers.append((tier, [policy]))
      }
    }
    return tiers
  }

  /// The part of the edge that names the peer: its item of `from` or `to`, or the whole rule.
  package func match(_ edge: Edge, peer: Party) -> Provenance? {
    guard let peers = edge.peers else { return edge.provenance }
    return peers.first { item in
      switch item.match {
      case .set(let set): peer.endpoint.map(peerSets[set].contains) ?? false
      case .block(let block): peer.address.map(block.contains) ?? false
      }
    }?.provenance
  }

  /// - Parameter destination: the endpoint whose containers give names to ports.
  package func ports(
    _ ports: [RulePort]?, allow layer4: Connection.Layer4, at destination: Int?
  ) -> Bool {
    guard let ports else { return true }
    guard case .transport(let transport, let number) = layer4 else { return false }
    return ports.contains { port in
      guard port.transport == transport else { return false }
      switch port.match {
      case .any: return true
      case .numbers(let range): return range.contains(number)
      case .named(let name):
        guard let destination else { return false }
        return endpoints[destination].ports.contains(
          NamedPort(name: name, transport: transport, number: number))
      }
    }
  }

  private func unknownVerdict(of party: Party, with peer: Party) -> Verdict {
    guard let address = party.address,
      enforcement.closedRanges.contains(where: { $0.contains(address) })
    else { return .notPoliced }
    // The node must go on reaching itself by its addresses in the pods' range, such as a bridge's.
    return peer.address.map(enforcement.nodeAddresses.contains) ?? false ? .exempt : .unknownPod
  }

  /// A node always reaches its own pods, and by default they always reach it.
  private func isExempt(
    _ direction: Direction, with peer: Party, ownNode: [IPAddress]
  ) -> Bool {
    (peer.address.map(ownNode.contains) ?? false)
      && (direction == .ingress || !enforcement.policesOwnNode)
  }

  /// What IPv6 cannot work without (RFC 2710, 4861, 3810). Policies never decide it.
  private func isNeighbourDiscovery(_ layer4: Connection.Layer4, _ party: Party) -> Bool {
    guard party.address?.family == .ipv6, case .icmp(let type) = layer4 else { return false }
    return Connection.isNeighbourDiscovery(icmpv6Type: type)
  }
}
