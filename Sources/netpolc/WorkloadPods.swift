import Analysis
import Diagnostics
import PolicyModel

/// The pods of each workload by its name, and whether one of them stands for all.
struct WorkloadPods {
  /// By the workload's name; those that policies cannot tell apart together.
  private let groups: [String: [[Int]]]

  init(_ graph: PolicyGraph) {
    var pods: [String: [Int]] = [:]
    for (index, endpoint) in graph.endpoints.enumerated()
    where endpoint.workload != endpoint.reference {
      pods[endpoint.workload.qualifiedName, default: []].append(index)
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

  var names: some Sequence<String> { groups.keys }

  /// Several groups when policies treat the pods differently; nil for a name that none has.
  subscript(_ name: String) -> [[Int]]? { groups[name] }
}
