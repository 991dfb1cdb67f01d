import NetSets
import PolicyModel

/// A port's name with its protocol.
package struct PortName: Hashable, Sendable {
  package let name: String
  package let transport: Transport

  /// `http/TCP`
  var text: String { "\(name)/\(transport.kubernetesName)" }
}

/// Whose numbers for a port's name some rule has to know.
package enum PortOwners: Hashable, Sendable {
  /// The local endpoints that a policy selects.
  case subjects(PodSelector)
  case members(PeerSet.ID)
  case everyone
}

/// Which sets rules name, by what they stand for and not by what is in them: known from policies
/// alone, whatever pods there are.
package struct SetUses: Sendable {
  package private(set) var peers: Set<PeerSet.ID> = []
  package private(set) var ports: [PortName: Set<PortOwners>] = [:]
  /// Ranges by the set's name.
  package private(set) var blocks: [String: [AddressRange]] = [:]

  package init() {}

  mutating func insert(peers id: PeerSet.ID) { peers.insert(id) }

  mutating func insert(_ port: PortName, of owners: PortOwners) {
    ports[port, default: []].insert(owners)
  }

  mutating func insert(blocks ranges: [AddressRange], named name: String) { blocks[name] = ranges }

  package mutating func formUnion(_ other: SetUses) {
    peers.formUnion(other.peers)
    for (port, owners) in other.ports { ports[port, default: []].formUnion(owners) }
    blocks.merge(other.blocks) { known, _ in known }
  }
}
