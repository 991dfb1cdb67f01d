import NetSets
import PolicyModel

/// The endpoints of a graph, those together that no policy can tell apart: the same policies select
/// them, the same peers of rules are them, and they call the ports that policies name alike. What
/// holds for one holds for all, so that a cluster's connections are computed between classes.
///
/// A pod and its own node are left out of this: see `Connectivity`.
package struct EndpointClasses: Sendable {
  package typealias ID = Int

  /// By class, then ascending indexes of endpoints.
  package let members: [[Int]]
  /// By endpoint.
  package let classes: [ID]
  let signatures: [Signature]
  /// The peers of every rule, as classes.
  let matches: PeerMatches

  struct Signature: Hashable, Sendable {
    let ingress: PolicyGroup.ID?
    let egress: PolicyGroup.ID?
    /// Of the peer sets it is in, ascending.
    let sets: [PeerSet.ID]
    /// Of the blocks that its address is in, by family; positions in `PeerMatches.blocks`.
    let blocks: [[Int]]
    /// Those that some rule names.
    let ports: [NamedPort]
    /// In which families it has an address. What has none yet will get one of each that others have.
    let families: Set<IPFamily>
  }

  package init(_ graph: PolicyGraph) {
    let blocks = Blocks(graph)
    var sets = [[PeerSet.ID]](repeating: [], count: graph.endpoints.count)
    for (id, set) in graph.peerSets.enumerated() {
      for member in set.members { sets[member].append(id) }
    }
    let names = namedPorts(graph)
    var ids: [Signature: ID] = [:]
    var members: [[Int]] = []
    var classes: [ID] = []
    classes.reserveCapacity(graph.endpoints.count)
    let present = Set(graph.endpoints.lazy.flatMap(\.addresses).map(\.family))
    let expected = present.isEmpty ? Set(IPFamily.allCases) : present
    for (index, endpoint) in graph.endpoints.enumerated() {
      let families = Set(endpoint.addresses.map(\.family))
      let signature = Signature(
        ingress: endpoint.ingress, egress: endpoint.egress, sets: sets[index],
        blocks: IPFamily.allCases.map { family in
          endpoint.addresses.first { $0.family == family }.map(blocks.containing) ?? []
        },
        ports: endpoint.ports.filter { names.contains($0.name) },
        families: families.isEmpty ? expected : families)
      let id = ids[signature] ?? members.count
      if id == members.count {
        ids[signature] = id
        members.append([])
      }
      members[id].append(index)
      classes.append(id)
    }
    self.members = members
    self.classes = classes
    var signatures = [Signature?](repeating: nil, count: members.count)
    for (signature, id) in ids { signatures[id] = signature }
    self.signatures = signatures.compactMap(\.self)
    matches = PeerMatches(self.signatures, sets: graph.peerSets.count, blocks: blocks.all)
  }

  package var count: Int { members.count }
}

/// Which classes each kind of peer stands for.
struct PeerMatches: Sendable {
  /// By peer set, ascending.
  private let sets: [[EndpointClasses.ID]]
  private let blocks: [IPBlock: [[EndpointClasses.ID]]]

  init(_ signatures: [EndpointClasses.Signature], sets: Int, blocks: [IPBlock]) {
    var bySet = [[EndpointClasses.ID]](repeating: [], count: sets)
    let none = [[EndpointClasses.ID]](repeating: [], count: IPFamily.allCases.count)
    var byBlock = [[[EndpointClasses.ID]]](repeating: none, count: blocks.count)
    for (id, signature) in signatures.enumerated() {
      for set in signature.sets { bySet[set].append(id) }
      for (family, positions) in signature.blocks.enumerated() {
        for position in positions { byBlock[position][family].append(id) }
      }
    }
    self.sets = bySet
    self.blocks = Dictionary(uniqueKeysWithValues: zip(blocks, byBlock))
  }

  /// - Parameter family: of the connection; an endpoint may be in a block by one address only.
  func classes(_ peer: EdgePeer, _ family: IPFamily) -> [EndpointClasses.ID] {
    switch peer.match {
    case .set(let set): sets[set]
    case .block(let block): blocks[block]?[family.index] ?? []
    }
  }
}

/// The distinct blocks of a graph's rules, and which of them an address is in.
private struct Blocks {
  let all: [IPBlock]

  init(_ graph: PolicyGraph) {
    var seen: Set<IPBlock> = []
    var all: [IPBlock] = []
    for edge in graph.edges {
      for case .block(let block) in (edge.peers ?? []).map(\.match)
      where seen.insert(block).inserted {
        all.append(block)
      }
    }
    self.all = all
  }

  func containing(_ address: IPAddress) -> [Int] {
    all.indices.filter { all[$0].contains(address) }
  }
}

/// The names of ports that some rule uses.
private func namedPorts(_ graph: PolicyGraph) -> Set<String> {
  var names: Set<String> = []
  for edge in graph.edges {
    for case .named(let name) in (edge.ports ?? []).map(\.match) { names.insert(name) }
  }
  return names
}

extension PolicyGraph {
  /// Of every policy, both directions.
  var edges: [Edge] { policies.flatMap { ($0.ingress ?? []) + ($0.egress ?? []) } }
}

extension IPFamily {
  /// Position in `allCases`.
  var index: Int { self == .ipv4 ? 0 : 1 }
}
