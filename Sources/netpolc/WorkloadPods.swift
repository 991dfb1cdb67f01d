import Analysis
import Diagnostics
import PolicyModel

/// The pods of each workload, and whether one of them stands for all.
struct WorkloadPods {
  /// Those that policies cannot tell apart together.
  private let groups: [ObjectReference: [[Int]]]

  init(_ graph: PolicyGraph) {
    var pods: [ObjectReference: [Int]] = [:]
    for (index, endpoint) in graph.endpoints.enumerated()
    where endpoint.workload != endpoint.reference {
      pods[endpoint.workload, default: []].append(index)
    }
    let classes = pods.isEmpty ? [] : EndpointClasses(graph).classes
    groups = pods.mapValues { pods in
      // One that is not here to enforce, or has no address yet, says nothing about the others.
      let enforced = pods.filter { graph.endpoints[$0].isLocal }
      let addressed = (enforced.isEmpty ? pods : enforced).filter {
        !graph.endpoints[$0].addresses.isEmpty
      }
      let meant = addressed.isEmpty ? (enforced.isEmpty ? pods : enforced) : addressed
      return Dictionary(grouping: meant) { classes[$0] }.values.sorted { $0[0] < $1[0] }
    }
  }

  /// Workloads that have pods.
  var workloads: some Sequence<ObjectReference> { groups.keys }

  /// Several groups when policies treat the pods differently; nil for a workload without pods.
  subscript(_ workload: ObjectReference) -> [[Int]]? { groups[workload] }
}
