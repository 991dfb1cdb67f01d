import Iptables
import NetSets
import PolicyModel

/// One edge to rules: as many of its ports as a rule can hold, with each of its peers.
extension FilterLowering {
  /// Above so many CIDRs, `except` included, a rule's blocks go into one set.
  private static let inlineCIDRs = 16

  mutating func lower(
    _ edge: Edge, of policy: GraphPolicy, _ direction: Direction, _ target: Target,
    into list: inout RuleList
  ) {
    for peer in peers(of: edge, direction) {
      guard let ports = edge.ports else {
        list.add(peer.matches, target, from: peer.provenance, ports: [])
        continue
      }
      for part in numbered(ports) {
        list.add([part.match] + peer.matches, target, from: peer.provenance, ports: part.ports)
      }
      for port in ports {
        guard case .named(let name) = port.match else { continue }
        let owners: PortOwners =
          switch direction {
          case .ingress: .subjects(policy.subject)
          case .egress: peer.set.map { .members($0) } ?? .everyone
          }
        let set = sets.port(name, port.transport, of: owners)
        list.add(
          [.destinationIn(set: set)] + peer.matches, target, from: peer.provenance, ports: [port])
      }
    }
  }

  /// One way to be the peer: tests of its address, and the set they stand for.
  private struct LoweredPeer {
    let matches: [Match]
    let provenance: Provenance
    /// Whose ports count; nil for anyone and for blocks.
    var set: PeerSet.ID?
  }

  /// The edge's peers that exist in this family; none when no packet of it can match.
  private mutating func peers(of edge: Edge, _ direction: Direction) -> [LoweredPeer] {
    guard let peers = edge.peers else {
      return [LoweredPeer(matches: [], provenance: edge.provenance)]
    }
    let field = StaticFilter.peerField(direction)
    var lowered: [LoweredPeer] = []
    var blocks: [(block: IPBlock, provenance: Provenance)] = []
    for peer in peers {
      switch peer.match {
      case .set(let set):
        let tests: [Match] =
          switch sets.peers(set) {
          case .set(let name): [.addressIn(field, set: name)]
          case .addresses(let addresses):
            addresses.map { .address(field, IPPrefix($0, length: family.width)) }
          }
        lowered += tests.map { LoweredPeer(matches: [$0], provenance: peer.provenance, set: set) }
      case .block(let block):
        if block.family == family { blocks.append((block, peer.provenance)) }
      }
    }
    let written = blocks.reduce(0) { $0 + 1 + $1.block.except.count }
    if written > Self.inlineCIDRs {
      let all = AddressSet(blocks.flatMap { $0.block.addresses.ranges })
      let provenance = blocks.count == 1 ? blocks[0].provenance : edge.provenance
      return lowered + self.peers(in: all, field, provenance)
    }
    for (block, provenance) in blocks {
      lowered += self.peers(in: block.addresses, field, provenance)
    }
    return lowered
  }

  /// The peer that has any of the addresses: none when there are none. A rule can name one prefix,
  /// and negate one, so that whatever is more than one prefix is a set of those that are left when
  /// each `except` is cut out. `nomatch` of hash:net would leave out an `except` that another block
  /// allows.
  private mutating func peers(
    in addresses: AddressSet, _ field: AddressField, _ provenance: Provenance
  ) -> [LoweredPeer] {
    guard let range = addresses.ranges.first else { return [] }
    let matches: [Match] =
      if addresses.ranges.count == 1, let prefix = range.prefix {
        // 0.0.0.0/0 is every address of the family: nothing to test.
        prefix.length == 0 ? [] : [.address(field, prefix)]
      } else {
        [.addressIn(field, set: sets.blocks(addresses))]
      }
    return [LoweredPeer(matches: matches, provenance: provenance)]
  }

  /// The ports with numbers, as few matches as can hold them.
  private func numbered(_ ports: [RulePort]) -> [(match: Match, ports: [RulePort])] {
    var parts: [(match: Match, ports: [RulePort])] = []
    for transport in Transport.allCases {
      var ranges: [ClosedRange<UInt16>] = []
      var held: [RulePort] = []
      func finish() {
        if !ranges.isEmpty { parts.append((.ports(transport, ranges), held)) }
        (ranges, held) = ([], [])
      }
      for port in ports where port.transport == transport {
        switch port.match {
        case .any: parts.append((.transport(transport), [port]))
        case .named: continue
        case .numbers(let range):
          let slots = (ranges + [range]).reduce(0) { $0 + Match.slots($1) }
          if slots > Match.mostPortSlots { finish() }
          ranges.append(range)
          held.append(port)
        }
      }
      finish()
    }
    return parts
  }
}
