import NetSets
import Nftables
import PolicyModel

/// One edge to rules: each of its ports with each of its peers, the port tested first because that
/// is the cheapest miss.
extension PolicyLowering {
  /// Above so many pairs of port and peer, the peers go into a chain of their own.
  private static let inlinePairs = 8
  /// Above so many CIDRs, `except` included, a rule's blocks go into an interval set.
  private static let inlineCIDRs = 16

  mutating func lower(
    _ edge: Edge, of policy: GraphPolicy, _ direction: Direction, verdict: Nftables.Verdict,
    into chain: inout ChainBuilder
  ) {
    let peers = peers(of: edge, direction)
    if peers.isEmpty { return }
    guard let ports = edge.ports else {
      for peer in peers { chain.add(peer.matches, verdict, from: peer.provenance, port: nil) }
      return
    }
    var subchain: String?
    for port in ports {
      switch port.match {
      case .named(let name):
        for peer in peers {
          let matches = named(name, port.transport, policy, peer, direction)
          chain.add(matches, verdict, from: peer.provenance, port: port)
        }
      case .any, .numbers:
        let matches = numbered(port)
        if peers.count == 1 || peers.count * ports.count <= Self.inlinePairs {
          for peer in peers {
            chain.add(matches + peer.matches, verdict, from: peer.provenance, port: port)
          }
        } else {
          let target =
            subchain ?? chain.addSubchain(peers.map { ($0.matches, $0.provenance) }, verdict)
          subchain = target
          chain.add(matches, .jump(target), from: edge.provenance, port: port)
        }
      }
    }
  }

  /// One way to be the peer: tests of its address, and the set they stand for.
  private struct LoweredPeer {
    let matches: [Match]
    let provenance: Provenance
    /// Whose ports count; nil for anyone and for blocks.
    let set: PeerSet.ID?
  }

  /// The edge's peers that exist in this family; none when no packet of it can match.
  private mutating func peers(of edge: Edge, _ direction: Direction) -> [LoweredPeer] {
    guard let peers = edge.peers else {
      return [LoweredPeer(matches: [], provenance: edge.provenance, set: nil)]
    }
    let field = Static.peerField(direction)
    var lowered: [LoweredPeer] = []
    var blocks: [(IPBlock, Provenance)] = []
    for peer in peers {
      switch peer.match {
      case .set(let set):
        let tests: [Match] =
          switch naming.peers(set) {
          case .set(let name): [.addressIn(field, set: name)]
          case .addresses(let addresses):
            addresses.map { .address(field, AddressRange($0), negated: false) }
          }
        for test in tests {
          lowered.append(LoweredPeer(matches: [test], provenance: peer.provenance, set: set))
        }
      case .block(let block):
        if block.family == family { blocks.append((block, peer.provenance)) }
      }
    }
    let written = blocks.reduce(0) { $0 + 1 + $1.0.except.count }
    if written > Self.inlineCIDRs {
      let addresses = AddressSet(blocks.flatMap { $0.0.addresses.ranges })
      // Excepts can leave nothing.
      if addresses.isEmpty { return lowered }
      let provenance = blocks.count == 1 ? blocks[0].1 : edge.provenance
      let match = Match.addressIn(field, set: naming.blocks(addresses))
      return lowered + [LoweredPeer(matches: [match], provenance: provenance, set: nil)]
    }
    return lowered
      + blocks.map { block, provenance in
        LoweredPeer(matches: tests(of: block, field), provenance: provenance, set: nil)
      }
  }

  private func tests(of block: IPBlock, _ field: AddressField) -> [Match] {
    // 0.0.0.0/0 is every address of the table's family: nothing to test.
    let inside: [Match] =
      block.cidr.length == 0 ? [] : [.address(field, block.cidr.range, negated: false)]
    return inside + block.except.map { .address(field, $0.range, negated: true) }
  }

  private func numbered(_ port: RulePort) -> [Match] {
    let layer4 = Match.layer4(port.transport.ipProtocol)
    guard case .numbers(let range) = port.match else { return [layer4] }
    return [.destinationPort(range), layer4]
  }

  /// A named port is a set of addresses with the number that each pod itself gives the name: the
  /// subject's own on ingress, the peers' on egress.
  private mutating func named(
    _ name: String, _ transport: Transport, _ policy: GraphPolicy, _ peer: LoweredPeer,
    _ direction: Direction
  ) -> [Match] {
    let owners: PortOwners =
      switch direction {
      case .ingress: .subjects(policy.subject)
      case .egress: peer.set.map { .members($0) } ?? .everyone
      }
    return [.destinationIn(set: naming.port(name, transport, of: owners))] + peer.matches
  }
}
