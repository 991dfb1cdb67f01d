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
  /// The object as JSON without its version and what stands before `metadata`, in two parts: the
  /// version is between them.
  private let start: String
  private let end: String

  package init(_ key: Key, content: String, node: String = "") {
    var metadata: [(String, JSON)] = [("name", .string(key.name))]
    if !key.namespace.isEmpty { metadata.append(("namespace", .string(key.namespace))) }
    metadata.append(("labels", ["content": .string(content)]))
    self.init(
      key, content: content, node: node, metadata: metadata,
      rest: [("spec", ["nodeName": .string(node)])])
  }

  /// An object as a user writes it, in YAML or JSON.
  package init(manifest: String) throws {
    var diagnostics = Diagnostics()
    let values = parseManifest(
      ManifestFile(path: "object.yaml", bytes: Array(manifest.utf8)), &diagnostics)
    guard values.count == 1 else { throw Unusable(manifest: manifest) }
    try self.init(values[0])
  }

  /// - Parameter metadata: more of it.
  package init(_ value: ManifestValue, metadata more: [(String, JSON)] = []) throws {
    guard let plural = Kinds.plural(of: value["kind"]?.text ?? ""),
      case .object(let members) = try JSON(value)
    else { throw Unusable(manifest: value.text) }
    var metadata = more
    var rest: [(String, JSON)] = []
    for (name, member) in members where !["kind", "apiVersion"].contains(name) {
      if name == "metadata", case .object(let own) = member {
        // These are the server's.
        metadata = own.filter { !["uid", "resourceVersion"].contains($0.0) } + metadata
      } else {
        rest.append((name, member))
      }
    }
    self.init(
      Key(
        plural, value["metadata"]?["namespace"]?.text ?? "",
        value["metadata"]?["name"]?.text ?? ""),
      content: "", node: value["spec"]?["nodeName"]?.text ?? "", metadata: metadata, rest: rest)
  }

  private init(
    _ key: Key, content: String, node: String, metadata: [(String, JSON)], rest: [(String, JSON)]
  ) {
    self.key = key
    self.content = content
    self.node = node
    let identity = JSON.object(metadata + [("uid", .string("uid-\(key.name)"))]).line
    let members = JSON.object(rest).line.dropFirst().dropLast()
    start = "\"metadata\":\(identity.dropLast()),\"resourceVersion\":\""
    end = "\"}\(members.isEmpty ? "" : ",")\(members)}"
  }

  struct Unusable: Error { let manifest: String }

  /// As JSON on one line.
  /// - Parameter isItem: of a list, where `kind` and `apiVersion` are left out.
  package func text(isItem: Bool) -> String {
    let typeMeta =
      isItem ? "" : JSON.object(Kinds.typeMeta(of: key.plural)).line.dropFirst().dropLast() + ","
    return "{\(typeMeta)\(start)\(version)\(end)"
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
