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
  let graph: PolicyGraph
  let known: KnownAddresses
  let subject: Int
  let direction: Direction
  let others: [CoveringRule]
  private(set) var used: Set<RulePosition> = []

  init(
    graph: PolicyGraph, known: KnownAddresses, subject: Int, direction: Direction,
    others: [CoveringRule]
  ) {
    self.graph = graph
    self.known = known
    self.subject = subject
    self.direction = direction
    self.others = others
  }

  mutating func covers(_ rule: Edge) -> Bool {
    if coversWhole(rule) { return true }
    guard let peers = rule.peers else {
      // Strangers first: there are few ranges of them, and seldom all are covered.
      return AddressSet.all.ranges.allSatisfy { coversStrangers(in: $0, rule) }
        && graph.endpoints.indices.allSatisfy { coversEndpoint($0, rule) }
    }
    return peers.allSatisfy { peer in
      switch peer.match {
      case .set(let set): graph.peerSets[set].members.allSatisfy { coversEndpoint($0, rule) }
      case .block(let block):
        block.addresses.ranges.allSatisfy { range in
          coversStrangers(in: range, rule)
            && known.parties(in: range).allSatisfy { coversParty($0, rule) }
        }
      }
    }
  }

  /// One rule with the same peers, or anyone, and at least the ports: the usual case, without asking
  /// for each peer.
  private mutating func coversWhole(_ rule: Edge) -> Bool {
    let whole = others.first { other in
      peersAreInside(rule.peers, other.edge.peers) && portsAreInside(rule.ports, other.edge.ports)
    }
    if let whole { used.insert(whole.position) }
    return whole != nil
  }

  private func peersAreInside(_ part: [EdgePeer]?, _ whole: [EdgePeer]?) -> Bool {
    guard let whole else { return true }
    guard let part else { return false }
    return part.allSatisfy { peer in whole.contains { $0.match == peer.match } }
  }

  private func portsAreInside(_ part: [RulePort]?, _ whole: [RulePort]?) -> Bool {
    guard let whole else { return true }
    guard let part else { return false }
    return part.allSatisfy { port in whole.contains { isInside(port, $0) } }
  }

  private mutating func coversEndpoint(_ endpoint: Int, _ rule: Edge) -> Bool {
    let addresses = graph.endpoints[endpoint].addresses
    if addresses.isEmpty { return coversParty(Party(endpoint: endpoint, address: nil), rule) }
    return addresses.allSatisfy { coversParty(Party(endpoint: endpoint, address: $0), rule) }
  }

  /// Addresses of no endpoint: between the edges of blocks, one stands for all.
  private mutating func coversStrangers(in range: AddressRange, _ rule: Edge) -> Bool {
    segments(of: range).allSatisfy { segment in
      if known.fill(segment) { return true }
      let stranger = IPAddress(family: segment.family, bits: segment.lower)
      return coversParty(Party(endpoint: nil, address: stranger), rule)
    }
  }

  private mutating func coversParty(_ party: Party, _ rule: Edge) -> Bool {
    let destination = direction == .ingress ? subject : party.endpoint
    var open = graph.traffic(rule.ports, at: destination)
    for other in others {
      if open.isEmpty { return true }
      guard graph.match(other.edge, peer: party) != nil else { continue }
      let rest = open.subtracting(graph.traffic(other.edge.ports, at: destination))
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

/// The addresses of a graph's endpoints, sorted.
struct KnownAddresses {
  private let sorted: [IPAddress]
  private let endpoints: [IPAddress: Int]

  init(_ graph: PolicyGraph) {
    var endpoints: [IPAddress: Int] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() {
      for address in endpoint.addresses { endpoints[address] = index }
    }
    self.endpoints = endpoints
    sorted = endpoints.keys.sorted()
  }

  func parties(in range: AddressRange) -> [Party] {
    positions(in: range).map { Party(endpoint: endpoints[sorted[$0]], address: sorted[$0]) }
  }

  /// Whether every address of the range is some endpoint's.
  func fill(_ range: AddressRange) -> Bool {
    UInt128(positions(in: range).count) > range.upper - range.lower
  }

  private func positions(in range: AddressRange) -> Range<Int> {
    let first = sorted.partition { $0 >= IPAddress(family: range.family, bits: range.lower) }
    let end = sorted.partition { $0 > IPAddress(family: range.family, bits: range.upper) }
    return first..<end
  }
}

extension [IPAddress] {
  /// The first position for which `isRight` holds, in an order in which it then goes on to hold.
  fileprivate func partition(_ isRight: (IPAddress) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isRight(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
