import Diagnostics

/// The objects of one input, each kind sorted by name: the same objects in any order and any
/// files make the same cluster.
package struct Cluster: Sendable {
  /// By name; every namespace that something is in, given or not.
  package let namespaces: [String: Namespace]
  package let nodes: [Node]
  package let pods: [Pod]
  package let workloads: [Workload]

  /// - Parameter mentioned: namespaces that other objects, such as policies, are in.
  package init(
    namespaces: [Namespace], nodes: [Node], pods: [Pod], workloads: [Workload],
    mentioned: some Sequence<String>
  ) {
    var byName: [String: Namespace] = [:]
    for namespace in namespaces { byName[namespace.name] = namespace }
    let implied =
      pods.lazy.compactMap(\.reference.namespace) + workloads.lazy.compactMap(\.reference.namespace)
    for name in Array(implied) + Array(mentioned) where byName[name] == nil {
      byName[name] = Namespace(name: name, labels: .none, location: nil)
    }
    self.namespaces = byName
    self.nodes = nodes.sorted { $0.name < $1.name }
    self.pods = pods.sorted { $0.reference < $1.reference }
    self.workloads = workloads.sorted { $0.reference < $1.reference }
  }
}
