/// Names an object as kubectl does.
package struct ObjectReference: Hashable, Sendable, CustomStringConvertible {
  package let kind: String
  /// nil for objects of the cluster.
  package let namespace: String?
  package let name: String

  package init(kind: String, namespace: String?, name: String) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }

  /// `shop/allow-dns`, or the bare name of a cluster's object.
  package var qualifiedName: String { namespace.map { "\($0)/\(name)" } ?? name }

  /// `NetworkPolicy shop/allow-dns`.
  package var description: String { "\(kind) \(qualifiedName)" }
}

extension ObjectReference: Comparable {
  package static func < (left: ObjectReference, right: ObjectReference) -> Bool {
    (left.namespace ?? "", left.name, left.kind) < (right.namespace ?? "", right.name, right.kind)
  }
}
