import NetSets
import Nftables
import PolicyModel

/// The sets that a table's rules name, each made when a rule first asks for it: one a selector and
/// one a port name, whichever policies share it. Names come from what a set stands for, not from
/// its elements.
///
/// When policies have more selectors than `limit`, the smallest sets become addresses in rules.
struct SetTable {
  /// A set of more addresses stays one, whatever the number of sets.
  private static let largestInline = 16

  private let graph: PolicyGraph
  private let family: IPFamily
  private let inlined: Set<PeerSet.ID>
  private var names = Names()
  private var made: [String: NamedSet] = [:]
  /// The endpoints whose numbers for a port's name some rule has to know.
  private var owners: [PortName: Set<Int>] = [:]
  /// Names that some rule has to know of every endpoint.
  private var ownedByAnyone: Set<PortName> = []

  /// A port's name with its protocol.
  private struct PortName: Hashable {
    let name: String
    let transport: Transport
  }

  /// - Parameters:
  ///   - used: the peer sets that the table's rules will ask for.
  ///   - limit: how many of them may be sets.
  init(graph: PolicyGraph, family: IPFamily, used: Set<PeerSet.ID>, limit: Int) {
    self.graph = graph
    self.family = family
    let sizes = used.map { (id: $0, size: SetTable.addresses(graph, $0, family).count) }
    let smallest = sizes.filter { $0.size <= SetTable.largestInline }
      .sorted { ($0.size, $0.id) < ($1.size, $1.id) }
    inlined = Set(smallest.prefix(max(0, used.count - limit)).map(\.id))
  }

  /// Sorted by name.
  var emitted: [NamedSet] {
    mutating get {
      for (port, owners) in owners {
        let text = "\(port.name)/\(port.transport.kubernetesName)"
        let name = names.hashed("n-", text)
        made[name] = NamedSet(
          name: name, comment: "port \(text) of each pod",
          content: content(port, ownedByAnyone.contains(port) ? nil : owners))
      }
      return made.values.sorted { $0.name < $1.name }
    }
  }

  /// How rules test for a peer set: one set, or each of its addresses.
  enum PeerTest {
    case set(String)
    case addresses([IPAddress])
  }

  /// Empty sets are emitted too, so that the first pod to match is an element, not a rule.
  mutating func peers(_ id: PeerSet.ID) -> PeerTest {
    if inlined.contains(id) {
      return .addresses(SetTable.addresses(graph, id, family).sorted())
    }
    let text = graph.peerSets[id].selector.description
    let name = names.hashed("p-", text)
    if made[name] == nil {
      made[name] = NamedSet(
        name: name, comment: Comments.identity(text),
        content: .hosts(SetTable.addresses(graph, id, family)))
    }
    return .set(name)
  }

  /// The set of a port's name, with the numbers that `endpoints`, or all, give it.
  mutating func port(
    _ name: String, _ transport: Transport, of endpoints: [Int]?
  ) -> String {
    let port = PortName(name: name, transport: transport)
    owners[port, default: []].formUnion(endpoints ?? [])
    if endpoints == nil { ownedByAnyone.insert(port) }
    return names.hashed("n-", "\(name)/\(transport.kubernetesName)")
  }

  /// Ranges that no rule could hold inline. Their name is that of their content.
  mutating func blocks(_ addresses: AddressSet) -> String {
    let ranges = addresses.ranges.filter { $0.family == family }
    let text = ranges.map { "\($0.lower)-\($0.upper)" }.joined(separator: ",")
    let name = names.hashed("b-", text)
    if made[name] == nil {
      made[name] = NamedSet(
        name: name, comment: "ipBlocks: \(ranges.count) ranges", content: .intervals(ranges))
    }
    return name
  }

  private static func addresses(
    _ graph: PolicyGraph, _ id: PeerSet.ID, _ family: IPFamily
  ) -> [IPAddress] {
    var addresses: [IPAddress] = []
    for member in graph.peerSets[id].members {
      for address in graph.endpoints[member].addresses where address.family == family {
        addresses.append(address)
      }
    }
    return addresses
  }

  private func content(_ port: PortName, _ owners: Set<Int>?) -> SetContent {
    var keys: [EndpointKey] = []
    func add(_ endpoint: Endpoint) {
      for named in endpoint.ports where named.name == port.name && named.transport == port.transport
      {
        for address in endpoint.addresses where address.family == family {
          keys.append(
            EndpointKey(address: address, transport: port.transport, port: named.number))
        }
      }
    }
    if let owners {
      for owner in owners { add(graph.endpoints[owner]) }
    } else {
      for endpoint in graph.endpoints { add(endpoint) }
    }
    return .ports(keys)
  }
}
