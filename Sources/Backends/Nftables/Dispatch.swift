import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// From a local pod's address to what decides about it.
extension VerdictMap {
  package static func dispatch(
    _ direction: Direction, elements: some Sequence<VerdictElement>
  ) -> VerdictMap {
    let side = direction == .ingress ? "ingress" : "egress"
    return VerdictMap(
      name: Static.map(direction), comment: "isolated local pod -> \(side) group",
      elements: Array(elements))
  }
}

/// A group of policies as the dispatch map knows it.
package struct DispatchedGroup {
  let name: String
  /// Whether any of its policies is more than tried.
  let isolates: Bool

  package init(name: String, isolates: Bool) {
    self.name = name
    self.isolates = isolates
  }
}

extension VerdictElement {
  /// What leads packets of a local pod to what decides about them.
  ///
  /// - Parameters:
  ///   - addresses: of the table's family.
  ///   - group: of the policies that select the pod; nil when none does.
  ///   - isIsolatedOtherwise: whether any isolate it in the other direction.
  ///   - isClosed: whether an address without an element is denied.
  package static func dispatching(
    _ pod: ObjectReference, _ addresses: [IPAddress], group: DispatchedGroup?,
    isIsolatedOtherwise: Bool, isClosed: Bool
  ) -> [VerdictElement] {
    let verdict: Nftables.Verdict
    if let group {
      verdict = .goto(
        isIsolatedOtherwise && !group.isolates
          ? Names.groupOfIsolatedOtherwise(group.name) : group.name)
    } else if isIsolatedOtherwise {
      verdict = .goto(Static.open)
    } else if isClosed {
      verdict = .accept
    } else {
      return []
    }
    let comment = Comments.identity(pod.qualifiedName)
    return addresses.map { VerdictElement(address: $0, comment: comment, verdict: verdict) }
  }
}
