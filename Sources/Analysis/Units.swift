import Diagnostics
import NetSets
import PolicyModel

/// What a listing names: a workload with its pods, or one pod where policies treat the pods of a
/// workload differently.
package struct Unit: Hashable, Sendable {
  /// `shop/web[Deployment]`, `shop/web-0`.
  package let name: String
  package let reference: ObjectReference
  /// The workload that it is, or that it is a pod of.
  package let workload: ObjectReference
  package let namespace: String
  package let classID: EndpointClasses.ID
  /// Of those in it, one.
  package let endpoint: Int
}

extension Connectivity {
  /// Sorted by name of namespace, then their own.
  package func units() -> [Unit] {
    var byWorkload: [ObjectReference: [Int]] = [:]
    for (index, endpoint) in graph.endpoints.enumerated() {
      byWorkload[endpoint.workload, default: []].append(index)
    }
    return byWorkload.flatMap { workload, endpoints in units(of: workload, endpoints) }
      .sorted { $0.reference < $1.reference }
  }

  private func units(of workload: ObjectReference, _ endpoints: [Int]) -> [Unit] {
    let first = endpoints[0]
    let isUniform = endpoints.allSatisfy { classes.classes[$0] == classes.classes[first] }
    if isUniform {
      return [unit(workload, of: workload, first)]
    }
    return endpoints.map { unit(graph.endpoints[$0].reference, of: workload, $0) }
  }

  private func unit(
    _ reference: ObjectReference, of workload: ObjectReference, _ endpoint: Int
  ) -> Unit {
    Unit(
      name: reference.displayName, reference: reference, workload: workload,
      namespace: reference.namespace ?? "", classID: classes.classes[endpoint],
      endpoint: endpoint)
  }
}
