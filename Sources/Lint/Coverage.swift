import Analysis
import NetSets
import PolicyModel

/// A rule that may allow what another does.
struct CoveringRule {
  let position: RulePosition
  let edge: Edge
}

/// Whether rules together allow one endpoint all that another rule allows it. Peers are taken one by
/// one where the graph knows them, and in ranges that no rule cuts where it does not.
struct Coverage {
  private let graph: PolicyGraph
  private let known: KnownAddresses
  private let rule: Edge
  private let ports: ResolvedPorts
  private let others: [Other]
  private let subject: Int
  private let direction: Direction
  private(set) var used: Set<RulePosition> = []

  /// One that has something of the rule's ports.
  private struct Other {
    let position: RulePosition
    let edge: Edge
    let ports: ResolvedPorts
    /// Whether it has all of them, for every destination.
    let hasAllPorts: Bool
  }

  init(
    of rule: Edge, by candidates: [CoveringRule], for subject: Int, _ direction: Direction,
    in graph: PolicyGraph, _ known: KnownAddresses
  ) {
    self.graph = graph
    self.known = known
    self.rule = rule
    self.subject = subject
    self.direction = direction
    func resolved(_ ports: [RulePort]?) -> ResolvedPorts {
      ResolvedPorts(ports, graph, at: direction == .ingress ? subject : nil)
    }
    let own = resolved(rule.ports)
    ports = own
    others = candidates.compactMap { candidate in
      let ports = resolved(candidate.edge.ports)
      guard own.mayMeet(ports) else { return nil }
      return Other(
        position: candidate.position, edge: candidate.edge, ports: ports,
        hasAllPorts: portsAreInside(rule.ports, candidate.edge.ports) || own.isInside(ports))
    }
  }

  /// - Parameter inclusion: what is known of sets of peers inside others.
  mutating func isComplete(_ inclusion: inout SetInclusion) -> Bool {
    if ports.isNothing { return true }
    if others.isEmpty { return false }
    guard let peers = rule.peers else {
      if coversWhole({ _ in false }) { return true }
      // Strangers first: there are few ranges of them, and seldom all are covered.
      return AddressSet.all.ranges.allSatisfy { coversStrangers(in: $0) }
        && graph.endpoints.indices.allSatisfy { coversEndpoint($0) }
    }
    for peer in peers {
      let isCovered =
        switch peer.match {
        case .set(let set):
          coversSet(set, &inclusion)
            || graph.peerSets[set].members.allSatisfy { coversEndpoint($0) }
        case .block(let block):
          coversWhole { isInside(block, $0) }
            || block.addresses.ranges.allSatisfy { range in
              coversStrangers(in: range) && known.parties(in: range).allSatisfy { coversParty($0) }
            }
        }
      if !isCovered { return false }
    }
    return true
  }

  /// One rule with all of the ports and a peer that holds all of this one: the usual case, without
  /// asking for each pod.
  private mutating func coversWhole(_ isInside: (EdgePeer.Match) -> Bool) -> Bool {
    let whole = others.first { other in
      other.hasAllPorts && (other.edge.peers?.contains { isInside($0.match) } ?? true)
    }
    if let whole { used.insert(whole.position) }
    return whole != nil
  }

  /// The same for a set of pods, by the rules that hold all of it together: ports need be looked at
  /// once for pods that give them the same names.
  private mutating func coversSet(_ set: PeerSet.ID, _ inclusion: inout SetInclusion) -> Bool {
    var wholes: [Other] = []
    for other in others where inclusion.isInside(set, other.edge.peers, graph) {
      wholes.append(other)
    }
    if wholes.isEmpty { return false }
    var needed: Set<RulePosition> = []
    let destinations =
      direction == .ingress ? [subject] : inclusion.representatives(of: set, graph)
    for destination in destinations {
      var open = ports.traffic(graph, at: destination)
      for whole in wholes {
        if open.isEmpty { break }
        let rest = open.subtracting(whole.ports.traffic(graph, at: destination))
        if rest != open { needed.insert(whole.position) }
        open = rest
      }
      if !open.isEmpty { return false }
    }
    used.formUnion(needed)
    return true
  }

  private mutating func coversEndpoint(_ endpoint: Int) -> Bool {
    let addresses = graph.endpoints[endpoint].addresses
    if addresses.isEmpty { return coversParty(Party(endpoint: endpoint, address: nil)) }
    return addresses.allSatisfy { coversParty(Party(endpoint: endpoint, address: $0)) }
  }

  /// Addresses of no endpoint: between the edges of blocks, one stands for all.
  private mutating func coversStrangers(in range: AddressRange) -> Bool {
    segments(of: range).allSatisfy { segment in
      if known.fill(segment) { return true }
      let stranger = IPAddress(family: segment.family, bits: segment.lower)
      return coversParty(Party(endpoint: nil, address: stranger))
    }
  }

  private mutating func coversParty(_ party: Party) -> Bool {
    let destination = direction == .ingress ? subject : party.endpoint
    var open = ports.traffic(graph, at: destination)
    for other in others {
      if open.isEmpty { return true }
      guard graph.match(other.edge, peer: party) != nil else { continue }
      let rest = open.subtracting(other.ports.traffic(graph, at: destination))
      if rest != open { used.insert(other.position) }
      open = rest
    }
    return open.isEmpty
  }

  private func segments(of range: AddressRange) -> [AddressRange] {
    var starts: Set<UInt128> = [range.lower]
    func cut(_ other: AddressRange) {
      guard other.family == range.family else { return }
      if other.lower > range.lower, other.lower <= range.upper { starts.insert(other.lower) }
      if other.upper >= range.lower, other.upper < range.upper { starts.insert(other.upper + 1) }
    }
    for peer in others.lazy.flatMap({ $0.edge.peers ?? [] }) {
      guard case .block(let block) = peer.match else { continue }
      cut(block.cidr.range)
      for hole in block.except { cut(hole.range) }
    }
    let sorted = starts.sorted()
    return sorted.indices.map { index in
      let upper = index + 1 < sorted.count ? sorted[index + 1] - 1 : range.upper
      return AddressRange(family: range.family, lower: sorted[index], upper: upper)
    }
  }
}

private func portsAreInside(_ part: [RulePort]?, _ whole: [RulePort]?) -> Bool {
  guard let whole else { return true }
  guard let part else { return false }
  return part.allSatisfy { port in whole.contains { isInside(port, $0) } }
}

private func isInside(_ part: IPBlock, _ whole: EdgePeer.Match) -> Bool {
  guard case .block(let whole) = whole else { return false }
  return Lint.isInside(.block(part), .block(whole))
}
