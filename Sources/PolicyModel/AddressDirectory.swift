import Diagnostics
import NetSets

/// Whoever knows the pods and policies of a cluster, asked by addresses, as packets have them.
package protocol AddressDirectory: ~Copyable {
  /// nil for an address of nobody who is known: outside of the cluster, or no pod's any more.
  func owner(of address: IPAddress) -> AddressOwner?

  /// The policies that select the pod of an address in a direction, in the order in which they are
  /// asked; none for an address of no pod.
  func policies(isolating address: IPAddress, _ direction: Direction) -> [IsolatingPolicy]

  /// Those that would isolate it, and are only tried.
  func policies(auditing address: IPAddress, _ direction: Direction) -> [IsolatingPolicy]
}

/// Who has an address.
package enum AddressOwner: Hashable, Sendable {
  /// The workload is what a user knows the pod by; itself for a pod made by hand.
  case pod(ObjectReference, workload: ObjectReference)
  /// A node, or a pod on its network.
  case node(name: String)
}

package struct IsolatingPolicy: Hashable, Sendable {
  package let reference: ObjectReference
  package let location: SourceLocation

  package init(reference: ObjectReference, location: SourceLocation) {
    self.reference = reference
    self.location = location
  }
}

extension PolicyGraph: AddressDirectory {
  package func owner(of address: IPAddress) -> AddressOwner? {
    if let index = endpoint(at: address) {
      return .pod(endpoints[index].reference, workload: endpoints[index].workload)
    }
    // Asked for few addresses, so that no graph pays for an index of them.
    return endpoints.first { $0.nodeAddresses.contains(address) }?.node.map { .node(name: $0) }
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
    guard let endpoint = endpoint(at: address), let group = endpoints[endpoint].group(direction)
    else { return [] }
    return groups[group].policies.map { policies[$0] }.filter { isIncluded($0.tier) }.map {
      IsolatingPolicy(reference: $0.reference, location: $0.location)
    }
  }
}
