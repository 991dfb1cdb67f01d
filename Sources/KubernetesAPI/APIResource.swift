/// A collection of the Kubernetes API: what its URLs and its objects are called.
package struct APIResource: Hashable, Sendable {
  /// What it means that the server does not have it, or does not let us read it.
  package enum Necessity: Sendable {
    /// Nothing can be decided without it.
    case needed
    /// Then there are none of it.
    case optional
  }

  /// Empty for the API's core.
  package let group: String
  package let version: String
  /// As in URLs and in RBAC: `networkpolicies`.
  package let plural: String
  package let kind: String
  package let isNamespaced: Bool
  package let necessity: Necessity
  /// Which of the objects: `spec.nodeName=node-1`; nil for all.
  package let fieldSelector: String?

  package init(
    group: String = "", version: String, plural: String, kind: String, isNamespaced: Bool,
    necessity: Necessity = .needed, fieldSelector: String? = nil
  ) {
    self.group = group
    self.version = version
    self.plural = plural
    self.kind = kind
    self.isNamespaced = isNamespaced
    self.necessity = necessity
    self.fieldSelector = fieldSelector
  }

  package static let pods = APIResource(
    version: "v1", plural: "pods", kind: "Pod", isNamespaced: true)
  package static let namespaces = APIResource(
    version: "v1", plural: "namespaces", kind: "Namespace", isNamespaced: false)
  package static let nodes = APIResource(
    version: "v1", plural: "nodes", kind: "Node", isNamespaced: false)

  package static let events = APIResource(
    group: "events.k8s.io", version: "v1", plural: "events", kind: "Event", isNamespaced: true)

  /// As objects have it: `v1`, `networking.k8s.io/v1`.
  package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

  /// Where the server has it, in all namespaces.
  var path: String { "\(root)/\(plural)" }

  /// Where it has those of one.
  func path(in namespace: String) -> String { "\(root)/namespaces/\(namespace)/\(plural)" }

  private var root: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

  /// As RBAC and messages name it: `pods`, `networkpolicies.networking.k8s.io`.
  package var name: String { group.isEmpty ? plural : "\(plural).\(group)" }
}
