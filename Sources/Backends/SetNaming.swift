import NetSets
import PolicyModel

/// The sets that one family's rules name: one a selector and one a port name, whichever policies
/// share it. Names come from what a set stands for, not from its elements.
package struct SetNaming {
  let family: IPFamily
  /// By `PeerSet.ID`.
  let selectors: [PodSelector]
  /// Peers that are addresses in rules, since there would be too many sets.
  let inlined: [PeerSet.ID: [IPAddress]]
  package var names: Names
  package private(set) var uses = SetUses()

  package init(
    family: IPFamily, selectors: [PodSelector], inlined: [PeerSet.ID: [IPAddress]] = [:],
    names: Names = Names()
  ) {
    self.family = family
    self.selectors = selectors
    self.inlined = inlined
    self.names = names
  }

  /// How rules test for a peer set: one set, or each of its addresses.
  enum PeerTest {
    case set(String)
    case addresses([IPAddress])
  }

  mutating func peers(_ id: PeerSet.ID) -> PeerTest {
    if let addresses = inlined[id] { return .addresses(addresses) }
    uses.insert(peers: id)
    return .set(names.peers(selectors[id]))
  }

  /// The set of a port's name, with the numbers that its owners give it.
  mutating func port(_ name: String, _ transport: Transport, of owners: PortOwners) -> String {
    let port = PortName(name: name, transport: transport)
    uses.insert(port, of: owners)
    return names.port(port)
  }

  /// Ranges that no rule could hold inline. Their name is that of their content.
  mutating func blocks(_ addresses: AddressSet) -> String {
    let ranges = addresses.ranges.filter { $0.family == family }
    let text = ranges.map { "\($0.lower)-\($0.upper)" }.joined(separator: ",")
    let name = names.hashed("b-", text)
    uses.insert(blocks: ranges, named: name)
    return name
  }
}

extension Names {
  package mutating func peers(_ selector: PodSelector) -> String {
    hashed("p-", selector.description)
  }

  package mutating func port(_ port: PortName) -> String { hashed("n-", port.text) }
}
