import NetSets
import PolicyModel

/// What of a graph one node has to enforce in one family, whatever its firewall.
struct LocalPart {
  /// Those that a local endpoint with an address of the family is in.
  private(set) var groups: Set<PolicyGroup.ID> = []
  /// The local endpoints that each subject selects, ascending.
  let subjects: [PodSelector: [Int]]
  /// Those that the groups' rules name.
  private(set) var peerSets: Set<PeerSet.ID> = []

  init(_ graph: PolicyGraph, _ family: IPFamily) {
    var subjects: [PodSelector: Set<Int>] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() where endpoint.isLocal {
      guard endpoint.addresses.contains(where: { $0.family == family }) else { continue }
      for group in [endpoint.ingress, endpoint.egress].compactMap(\.self) {
        groups.insert(group)
        for policy in graph.groups[group].policies {
          subjects[graph.policies[policy].subject, default: []].insert(index)
        }
      }
    }
    self.subjects = subjects.mapValues { $0.sorted() }
    var policies: [Direction: Set<Int>] = [:]
    for id in groups {
      policies[graph.groups[id].direction, default: []].formUnion(graph.groups[id].policies)
    }
    for (direction, indexes) in policies {
      for edge in indexes.flatMap({ graph.policies[$0].edges(direction) ?? [] }) {
        for peer in edge.peers ?? [] {
          if case .set(let id) = peer.match { peerSets.insert(id) }
        }
      }
    }
  }
}

extension PolicyGraph {
  /// What a group's name is the digest of: its policies only, so that a pod that comes or goes
  /// renames nothing.
  func identity(of group: PolicyGroup) -> String {
    group.policies.map { policies[$0] }.groupIdentity
  }
}

extension Sequence<GraphPolicy> {
  /// What the name of their group is the digest of.
  package var groupIdentity: String {
    map { "\($0.tier.name):\($0.reference)" }.joined(separator: "\n")
  }
}
