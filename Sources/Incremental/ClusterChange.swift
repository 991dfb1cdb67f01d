import Diagnostics
import Kubernetes
import PolicyModel

/// What became of one object of a cluster. Its last state counts, whatever came before.
package enum ClusterChange: Sendable {
  case put(ClusterObject)
  /// Objects are named as `ClusterObject.reference` names them.
  case removed(ObjectReference)
}

/// An object that has a say in what a node enforces.
package enum ClusterObject: Sendable {
  case namespace(Namespace)
  case node(Node)
  case pod(Pod)
  case policy(TierPolicy)

  package var reference: ObjectReference {
    switch self {
    case .namespace(let namespace): .namespace(namespace.name)
    case .node(let node): .node(node.name)
    case .pod(let pod): pod.reference
    case .policy(let policy): policy.reference
    }
  }
}

extension ObjectReference {
  package static func namespace(_ name: String) -> ObjectReference {
    ObjectReference(kind: "Namespace", namespace: nil, name: name)
  }

  package static func node(_ name: String) -> ObjectReference {
    ObjectReference(kind: "Node", namespace: nil, name: name)
  }
}
