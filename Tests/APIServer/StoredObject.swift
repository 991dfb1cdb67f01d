import Diagnostics
import Manifests

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
  /// The whole object, as YAML or JSON; empty for one that has only the above.
  private var manifest = ""

  package init(_ key: Key, content: String, node: String = "") {
    self.key = key
    self.content = content
    self.node = node
  }

  /// An object as a user writes it.
  package init(manifest: String) throws {
    var diagnostics = Diagnostics()
    let values = parseManifest(
      ManifestFile(path: "object.yaml", bytes: Array(manifest.utf8)), &diagnostics)
    guard values.count == 1, let plural = Kinds.plural(of: values[0]["kind"]?.text ?? "") else {
      throw Unusable(manifest: manifest)
    }
    let metadata = values[0]["metadata"]
    self.init(
      Key(plural, metadata?["namespace"]?.text ?? "", metadata?["name"]?.text ?? ""), content: "",
      node: values[0]["spec"]?["nodeName"]?.text ?? "")
    self.manifest = manifest
  }

  struct Unusable: Error { let manifest: String }

  /// The members of the manifest, with what the server adds to its metadata.
  private var members: [(String, JSON)] {
    var diagnostics = Diagnostics()
    let values = parseManifest(
      ManifestFile(path: "object.yaml", bytes: Array(manifest.utf8)), &diagnostics)
    guard case .object(let members)? = values.first.map({ JSON($0) }) else { return [] }
    return members.map { name, value in
      guard name == "metadata", case .object(let metadata) = value else { return (name, value) }
      return (
        name,
        .object(
          metadata + [
            ("uid", .string("uid-\(key.name)")), ("resourceVersion", .string(String(version))),
          ])
      )
    }
  }

  /// - Parameter isItem: of a list, where `kind` and `apiVersion` are left out.
  func json(isItem: Bool) -> JSON {
    if !manifest.isEmpty {
      return .object(members.filter { !isItem || !["kind", "apiVersion"].contains($0.0) })
    }
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
    case "ippools": "IPPool"
    case "felixconfigurations": "FelixConfiguration"
    default: "Unknown"
    }
  }

  static func plural(of kind: String) -> String? {
    ["pods", "namespaces", "nodes", "networkpolicies", "ippools", "felixconfigurations"].first {
      Kinds.kind(of: $0) == kind
    }
  }

  static func typeMeta(of plural: String) -> [(String, JSON)] {
    let version =
      switch plural {
      case "networkpolicies": "networking.k8s.io/v1"
      case "ippools", "felixconfigurations": "crd.projectcalico.org/v1"
      default: "v1"
      }
    return [("kind", .string(kind(of: plural))), ("apiVersion", .string(version))]
  }
}

extension JSON {
  /// The same value.
  fileprivate init(_ value: ManifestValue) {
    switch value.kind {
    case .null: self = .null
    case .boolean: self = .bool(value.boolean ?? false)
    case .integer: self = .integer(value.integer ?? 0)
    case .number, .string: self = .string(value.text)
    case .sequence: self = .array(value.items.map { JSON($0) })
    case .mapping: self = .object(value.members.map { ($0.key, JSON($0.value)) })
    }
  }
}
