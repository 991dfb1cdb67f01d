import Diagnostics
import Dialects
import Kubernetes
import PolicyModel

/// An object that has a say in what a node enforces: a reference, for there are long lists of them.
package enum ClusterObject: Sendable {
  indirect case namespace(Namespace)
  indirect case node(Node)
  case pod(Pod)
  indirect case policy(TierPolicy)
  /// Calico's pools of addresses, which say what is translated.
  indirect case ipPool(IPPool)
  /// Calico's settings for all nodes: the `FelixConfiguration` named `default`.
  indirect case outgoingNAT(OutgoingNAT)

  package var reference: ObjectReference {
    switch self {
    case .namespace(let namespace): .namespace(namespace.name)
    case .node(let node): .node(node.name)
    case .pod(let pod): pod.reference
    case .policy(let policy): policy.reference
    case .ipPool(let pool): ObjectReference(kind: "IPPool", namespace: nil, name: pool.name)
    case .outgoingNAT: .felixDefaults
    }
  }

  /// Whether an object is such.
  package static func includes(_ kind: String, _ apiVersion: String, named name: String) -> Bool {
    switch (apiVersion, kind) {
    case ("v1", "Namespace"), ("v1", "Node"), ("v1", "Pod"): true
    case (_, "IPPool"): IPPool.apiVersions.contains(apiVersion)
    // Others are for one node each.
    case (_, "FelixConfiguration"):
      IPPool.apiVersions.contains(apiVersion) && name == ObjectReference.felixDefaults.name
    default: dialect(kind, apiVersion) != nil
    }
  }

  /// Whether objects of a kind are in no namespace.
  package static func isClusterWide(_ kind: String) -> Bool {
    ["Namespace", "Node", "IPPool", "FelixConfiguration"].contains(kind)
  }

  /// Reads an object that is included. Says everything that is wrong with it; nil when something is.
  package init?(
    _ root: Field, _ kind: String, _ apiVersion: String, _ audit: AuditAnnotation,
    _ diagnostics: inout Diagnostics
  ) {
    switch (apiVersion, kind) {
    case ("v1", "Namespace"):
      guard let namespace = Namespace(root, &diagnostics) else { return nil }
      self = .namespace(namespace)
    case ("v1", "Node"):
      guard let node = Node(root, &diagnostics) else { return nil }
      self = .node(node)
    case ("v1", "Pod"):
      guard let pod = Pod(root, &diagnostics) else { return nil }
      self = .pod(pod)
    case (_, "IPPool"):
      guard let pool = IPPool(root, &diagnostics) else { return nil }
      self = .ipPool(pool)
    case (_, "FelixConfiguration"):
      guard let settings = OutgoingNAT(root, &diagnostics) else { return nil }
      self = .outgoingNAT(settings)
    default:
      guard let policy = ClusterObject.dialect(kind, apiVersion)?.read(root, audit, &diagnostics)
      else { return nil }
      self = .policy(policy)
    }
  }

  /// What holds in place of a policy that cannot be read; nil for one that has no name, and for
  /// objects that are no policies.
  package static func quarantined(
    _ root: Field, _ kind: String, _ apiVersion: String, _ audit: AuditAnnotation
  ) -> TierPolicy? {
    dialect(kind, apiVersion)?.quarantined(root, audit)
  }

  private static func dialect(_ kind: String, _ apiVersion: String) -> (any Dialect)? {
    dialects.first { $0.apiVersion == apiVersion && $0.kind == kind }
  }
}

extension ObjectReference {
  package static func namespace(_ name: String) -> ObjectReference {
    ObjectReference(kind: "Namespace", namespace: nil, name: name)
  }

  package static func node(_ name: String) -> ObjectReference {
    ObjectReference(kind: "Node", namespace: nil, name: name)
  }

  static let felixDefaults = ObjectReference(
    kind: "FelixConfiguration", namespace: nil, name: "default")
}
