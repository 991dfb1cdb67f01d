import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// A cluster made ready for resolving: its endpoints, and how to find them.
package struct ClusterIndex {
  let cluster: Cluster
  let nodes: NodeAddresses
  /// Pods that have not ended, and workloads that no such pod belongs to; those on the host's
  /// network left out; none local.
  private(set) var endpoints: [Endpoint] = []
  /// By the position of the endpoint.
  package private(set) var labels: [Labels] = []
  var everyone: EndpointIndex
  private var byNode: [String: [Int]] = [:]

  /// Says which addresses several pods claim.
  package init(_ cluster: Cluster, _ diagnostics: inout Diagnostics) {
    self.cluster = cluster
    nodes = NodeAddresses(cluster)
    everyone = EndpointIndex(namespaces: cluster.namespaces)
    let owners = addressOwners(cluster.pods, &diagnostics)
    let ownership = Ownership(cluster)
    var inhabited: Set<ObjectReference> = []
    for pod in cluster.pods where pod.takesPart {
      let workload = ownership.workload(of: pod)
      inhabited.insert(workload)
      add(
        Endpoint(
          reference: pod.reference, workload: workload, node: pod.node,
          addresses: pod.addresses.filter { owners[$0] == nil || owners[$0] == pod.reference },
          ports: pod.ports, isLocal: false, nodeAddresses: pod.node.map { nodes[$0] } ?? []),
        pod.labels)
    }
    for workload in ownership.templates(besides: inhabited) where !workload.hostNetwork {
      add(
        Endpoint(
          reference: workload.reference, workload: ownership.root(of: workload), node: nil,
          addresses: [], ports: workload.ports, isLocal: false, nodeAddresses: []),
        workload.labels)
    }
  }

  /// Positions of the endpoints that a selector matches, ascending: those of every graph that is
  /// resolved in this index.
  package mutating func endpoints(matching selector: PodSelector) -> [Int] {
    everyone.endpoints(matching: selector)
  }

  /// Positions of the endpoints with addresses that a node runs.
  func endpoints(on node: String) -> [Int] { byNode[node] ?? [] }

  private mutating func add(_ endpoint: Endpoint, _ labels: Labels) {
    let position = endpoints.count
    endpoints.append(endpoint)
    self.labels.append(labels)
    everyone.add(position, namespace: endpoint.reference.namespace ?? "", labels: labels)
    if let node = endpoint.node, !endpoint.addresses.isEmpty {
      byNode[node, default: []].append(position)
    }
  }
}
