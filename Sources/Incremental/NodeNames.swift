import Compiler
import Kubernetes
import NetSets
import PolicyModel

/// Names for the addresses of packets. A pod of another node has no policies that are enforced
/// here, but those that select it are told all the same.
extension NodeCompiler: AddressDirectory {
  package func owner(of address: IPAddress) -> AddressOwner? {
    if let pod = pods.owner(of: address).flatMap({ pods[$0] }) {
      return .pod(pod.reference, workload: pod.workload)
    }
    return nodes.name(of: address).map { .node(name: $0) }
  }

  package func policies(
    isolating address: IPAddress, _ direction: Direction
  ) -> [IsolatingPolicy] {
    policies(selecting: address, direction) { !$0.isAudited }
  }

  package func policies(
    auditing address: IPAddress, _ direction: Direction
  ) -> [IsolatingPolicy] {
    policies(selecting: address, direction, in: \.isAudited)
  }

  private func policies(
    selecting address: IPAddress, _ direction: Direction, in isIncluded: (Tier) -> Bool
  ) -> [IsolatingPolicy] {
    guard let pod = pods.owner(of: address).flatMap({ pods[$0] }) else { return [] }
    return policies.selecting(pod, pods).filter {
      $0.rules(direction) != nil && isIncluded($0.tier)
    }.map { IsolatingPolicy(reference: $0.reference, location: $0.location) }
  }
}
