import Diagnostics

/// An object that the server holds.
package struct StoredObject: Hashable, Sendable {
  package struct Key: Hashable, Comparable, Sendable {
    package let plural: String
    /// Empty for objects of the cluster.
    package let namespace: String
    package let name: String

    package init(_ plural: String, _ namespace: String, _ name: String) {
      self.plural = plural
      self.namespace = namespace
      self.name = name
    }

    package static func < (left: Key, right: Key) -> Bool {
      (left.plural, left.namespace, left.name) < (right.plural, right.namespace, right.name)
    }
  }

  package let key: Key
  /// What differs from state to state.
  package let content: String
  /// Its node; for pods.
  package let node: String
  package var version = 0

  package init(_ key: Key, content: String, node: String = "") {
    self.key = key
    self.content = content
    self.node = node
  }

  /// - Parameter isItem: of a list, where `kind` and `apiVersion` are left out.
  func json(isItem: Bool) -> JSON {
    var metadata: [(String, JSON)] = [
      ("name", .string(key.name)), ("uid", .string("uid-\(key.name)")),
      ("resourceVersion", .string(String(version))),
    ]
    if !key.namespace.isEmpty { metadata.append(("namespace", .string(key.namespace))) }
    metadata.append(("labels", ["content": .string(content)]))
    let own: [(String, JSON)] = [
      ("metadata", .object(metadata)), ("spec", ["nodeName": .string(node)]),
    ]
    return .object(isItem ? own : Kinds.typeMeta(of: key.plural) + own)
  }

  func matches(_ selector: String?) -> Bool {
    guard let selector else { return true }
    return selector == "spec.nodeName=\(node)" || selector == "metadata.name=\(key.name)"
  }
}

enum Kinds {
  static func kind(of plural: String) -> String {
    switch plural {
    case "pods": "Pod"
    case "namespaces": "Namespace"
    case "nodes": "Node"
    case "networkpolicies": "NetworkPolicy"
    default: "Unknown"
    }
  }

  static func typeMeta(of plural: String) -> [(String, JSON)] {
    let version = plural == "networkpolicies" ? "networking.k8s.io/v1" : "v1"
    return [("kind", .string(kind(of: plural))), ("apiVersion", .string(version))]
  }
}
