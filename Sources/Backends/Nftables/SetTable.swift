import NetSets
import Nftables
import PolicyModel

/// The sets that a table's rules name, filled from a graph.
///
/// When policies have more selectors than `limit`, the smallest sets become addresses in rules.
struct SetTable {
  /// A set of more addresses stays one, whatever the number of sets.
  private static let largestInline = 16

  private let graph: PolicyGraph
  private let family: IPFamily
  private let localSubjects: [PodSelector: [Int]]
  var naming: SetNaming

  /// - Parameter limit: how many of the peer sets that the table's rules will ask for may be sets.
  init(graph: PolicyGraph, family: IPFamily, local: LocalPart, limit: Int) {
    self.graph = graph
    self.family = family
    localSubjects = local.subjects
    var inlined: [PeerSet.ID: [IPAddress]] = [:]
    if local.peerSets.count > limit {
      let sizes = local.peerSets.map { (id: $0, size: graph.addresses(of: $0, family).count) }
      let smallest = sizes.filter { $0.size <= SetTable.largestInline }
        .sorted { ($0.size, $0.id) < ($1.size, $1.id) }
      for (id, _) in smallest.prefix(local.peerSets.count - limit) {
        inlined[id] = graph.addresses(of: id, family).sorted()
      }
    }
    naming = SetNaming(
      family: family, selectors: graph.peerSets.map(\.selector), inlined: inlined)
  }

  /// Sorted by name. Empty sets are emitted too, so that the first pod to match is an element, not a
  /// rule.
  var emitted: [NamedSet] {
    mutating get {
      let uses = naming.uses
      var sets: [NamedSet] = []
      for id in uses.peers {
        sets.append(
          .peers(
            graph.peerSets[id].selector, graph.addresses(of: id, family), names: &naming.names))
      }
      for (port, owners) in uses.ports {
        var keys: [EndpointKey] = []
        for owner in endpoints(owners) {
          let endpoint = graph.endpoints[owner]
          keys += endpoint.ports.keys(port, endpoint.addresses.filter { $0.family == family })
        }
        sets.append(.port(port, keys, names: &naming.names))
      }
      for (name, ranges) in uses.blocks { sets.append(.blocks(ranges, named: name)) }
      return sets.sorted { $0.name < $1.name }
    }
  }

  private func endpoints(_ owners: Set<PortOwners>) -> Set<Int> {
    if owners.contains(.everyone) { return Set(graph.endpoints.indices) }
    var found: Set<Int> = []
    for owner in owners {
      switch owner {
      case .subjects(let selector): found.formUnion(localSubjects[selector] ?? [])
      case .members(let id): found.formUnion(graph.peerSets[id].members)
      case .everyone: break
      }
    }
    return found
  }
}

extension PolicyGraph {
  fileprivate func addresses(of id: PeerSet.ID, _ family: IPFamily) -> [IPAddress] {
    peerSets[id].members.flatMap { member in
      endpoints[member].addresses.filter { $0.family == family }
    }
  }
}

extension [NamedPort] {
  /// The numbers that a pod's containers give a port's name, on each of its addresses.
  package func keys(_ port: PortName, _ addresses: [IPAddress]) -> [EndpointKey] {
    filter { $0.name == port.name && $0.transport == port.transport }.flatMap { named in
      addresses.map { EndpointKey(address: $0, transport: port.transport, port: named.number) }
    }
  }
}

extension NamedSet {
  package static func peers(
    _ selector: PodSelector, _ addresses: [IPAddress], names: inout Names
  ) -> NamedSet {
    NamedSet(
      name: names.peers(selector), comment: Comments.identity(selector.description),
      content: .hosts(addresses))
  }

  package static func port(
    _ port: PortName, _ keys: [EndpointKey], names: inout Names
  ) -> NamedSet {
    NamedSet(
      name: names.port(port), comment: "port \(port.text) of each pod", content: .ports(keys))
  }

  package static func blocks(_ ranges: [AddressRange], named name: String) -> NamedSet {
    NamedSet(name: name, comment: "ipBlocks: \(ranges.count) ranges", content: .intervals(ranges))
  }
}
