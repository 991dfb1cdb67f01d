import Iptables
import NetSets
import Nftables
import PolicyModel

/// The sets that a family's rules name. Which there are, and what is in them, is decided as for
/// nftables; here they get the types and names that ipset has.
struct FamilySets {
  private let family: IPFamily
  private var table: SetTable

  init(_ graph: PolicyGraph, _ family: IPFamily, _ local: LocalPart, limit: Int) {
    self.family = family
    table = SetTable(graph: graph, family: family, local: local, limit: limit)
  }

  mutating func peers(_ id: PeerSet.ID) -> SetNaming.PeerTest {
    switch table.naming.peers(id) {
    case .set(let name): .set(named(name))
    case .addresses(let addresses): .addresses(addresses)
    }
  }

  mutating func port(_ name: String, _ transport: Transport, of owners: PortOwners) -> String {
    let name = table.naming.port(name, transport, of: owners)
    return named(name)
  }

  // The name first: to ask `self` for `named` is to copy it, and all names if they change meanwhile.
  mutating func blocks(_ addresses: AddressSet) -> String {
    let name = table.naming.blocks(addresses)
    return named(name)
  }

  /// Sorted by name.
  var emitted: [IPSet] {
    mutating get {
      table.emitted.map { set in
        IPSet(
          name: named(set.name), family: family, comment: Comments.identity(set.comment ?? ""),
          content: content(set.content))
      }
    }
  }

  /// `npc-p4-0f6b1c2d8e71` of `p-0f6b1c2d8e71`: the kernel's sets of both families share a list.
  private func named(_ name: String) -> String {
    "\(PacketFilter.setPrefix)\(name.prefix(1))\(family.rawValue)\(name.dropFirst())"
  }

  private func content(_ content: SetContent) -> IPSet.Content {
    switch content {
    case .addresses(let addresses): return .addresses(addresses)
    case .endpoints(let keys):
      return .endpoints(
        keys.map {
          IPSet.EndpointKey(address: $0.address, transport: $0.transport, port: $0.port)
        })
    case .intervals(let ranges): return .ranges(ranges)
    case .flows: preconditionFailure("no rule of ours asks what the kernel remembered")
    }
  }
}
