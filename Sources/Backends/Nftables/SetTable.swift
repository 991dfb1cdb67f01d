import NetSets
import Nftables
import PolicyModel

/// The sets that a table's rules name, each made when a rule first asks for it: one a selector,
/// whichever policies share it. Names come from what a set stands for, not from its elements.
struct SetTable {
  private let graph: PolicyGraph
  private let family: IPFamily
  private var names = Names()
  private var made: [String: NamedSet] = [:]
  /// The local endpoints that each policy's subject selects.
  private let localSubjects: [PodSelector: [Int]]

  init(graph: PolicyGraph, family: IPFamily) {
    self.graph = graph
    self.family = family
    var subjects: [PodSelector: Set<Int>] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() where endpoint.isLocal {
      for group in [endpoint.ingress, endpoint.egress].compactMap(\.self) {
        for policy in graph.groups[group].policies {
          subjects[graph.policies[policy].subject, default: []].insert(index)
        }
      }
    }
    localSubjects = subjects.mapValues { $0.sorted() }
  }

  /// Sorted by name.
  var emitted: [NamedSet] { made.values.sorted { $0.name < $1.name } }

  /// The addresses of the endpoints that a selector matches; empty sets are emitted too, so that
  /// the first pod to match is an element, not a rule.
  mutating func peers(_ id: PeerSet.ID) -> String {
    let set = graph.peerSets[id]
    let text = set.selector.description
    let name = names.hashed("p-", text)
    if made[name] == nil {
      var addresses: [IPAddress] = []
      for member in set.members {
        for address in graph.endpoints[member].addresses where address.family == family {
          addresses.append(address)
        }
      }
      make(name, text, .hosts(addresses))
    }
    return name
  }

  /// The named port of the local endpoints that `subject` selects.
  mutating func subjectPorts(
    _ port: String, _ transport: Transport, of subject: PodSelector
  ) -> String {
    let text = "\(port)/\(transport.kubernetesName) of local \(subject)"
    let name = names.hashed("n-", text)
    if made[name] == nil {
      let members = localSubjects[subject] ?? []
      make(name, text, ports(port, transport, of: members))
    }
    return name
  }

  /// The named port of a peer set's endpoints, or of every endpoint.
  mutating func peerPorts(_ port: String, _ transport: Transport, of id: PeerSet.ID?) -> String {
    let selector = id.map { graph.peerSets[$0].selector } ?? .everyPod
    let text = "\(port)/\(transport.kubernetesName) of \(selector)"
    let name = names.hashed("n-", text)
    if made[name] == nil {
      let members = id.map { graph.peerSets[$0].members } ?? Array(graph.endpoints.indices)
      make(name, text, ports(port, transport, of: members))
    }
    return name
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

  private mutating func make(_ name: String, _ text: String, _ content: SetContent) {
    made[name] = NamedSet(name: name, comment: Comments.identity(text), content: content)
  }

  private func ports(_ port: String, _ transport: Transport, of members: [Int]) -> SetContent {
    var keys: [EndpointKey] = []
    for member in members {
      let endpoint = graph.endpoints[member]
      for named in endpoint.ports where named.name == port && named.transport == transport {
        for address in endpoint.addresses where address.family == family {
          keys.append(EndpointKey(address: address, transport: transport, port: named.number))
        }
      }
    }
    return .ports(keys)
  }
}
