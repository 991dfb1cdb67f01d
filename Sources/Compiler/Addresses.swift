import Diagnostics
import Kubernetes
import NetSets

/// The addresses of each node, from Node objects and from what its pods report.
struct NodeAddresses {
  private let byName: [String: [IPAddress]]

  init(_ cluster: Cluster) {
    var found: [String: Set<IPAddress>] = [:]
    for node in cluster.nodes {
      found[node.name, default: []].formUnion(node.addresses + node.tunnelAddresses)
    }
    for pod in cluster.pods {
      guard let node = pod.node else { continue }
      for address in pod.hostAddresses { found[node, default: []].insert(address) }
      if pod.hostNetwork, !pod.isFinished {
        for address in pod.addresses { found[node, default: []].insert(address) }
      }
    }
    byName = found.mapValues { $0.sorted() }
  }

  subscript(node: String) -> [IPAddress] { byName[node] ?? [] }
}

/// Decides whose an address is that several pods report: a running pod's before another's, then
/// the newest's, then by name. Addresses with one claimant are left out.
func addressOwners(
  _ pods: [Pod], _ diagnostics: inout Diagnostics
) -> [IPAddress: ObjectReference] {
  var claimants: [IPAddress: Int] = [:]
  var contested: [IPAddress: [Int]] = [:]
  for (index, pod) in pods.enumerated() where pod.takesPart {
    for address in Set(pod.addresses) {
      guard let first = claimants.updateValue(index, forKey: address) else { continue }
      contested[address, default: [first]].append(index)
    }
  }
  var owners: [IPAddress: ObjectReference] = [:]
  for (address, indexes) in contested.sorted(by: { $0.key < $1.key }) {
    let claimingPods = indexes.map { pods[$0] }.sorted { $0.claims(before: $1) }
    guard let owner = claimingPods.first else { continue }
    owners[address] = owner.reference
    for loser in claimingPods.dropFirst() {
      diagnostics.warning(
        .addressConflict,
        "\(loser.reference) and \(owner.reference) both report \(address); it counts as the latter's",
        at: loser.location)
    }
  }
  return owners
}

extension Pod {
  /// Whether an address that both report counts as this one's.
  package func claims(before other: Pod) -> Bool {
    if (phase == .running) != (other.phase == .running) { return phase == .running }
    if created != other.created { return created > other.created }
    return reference < other.reference
  }
}
