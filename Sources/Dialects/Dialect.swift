import Diagnostics
import Kubernetes
import PolicyModel

/// A policy API: objects of one kind to policies in a tier.
package protocol Dialect: Sendable {
  /// As in `apiVersion`: `networking.k8s.io/v1`.
  var apiVersion: String { get }
  var kind: String { get }
  /// As in URLs: `networkpolicies`.
  var plural: String { get }
  var isNamespaced: Bool { get }
  /// Whether a cluster may do without it, as without what a CustomResourceDefinition adds.
  var isOptional: Bool { get }
  /// Reads one object. Says everything that is wrong with it; nil when something is.
  /// - Parameter audit: what puts a policy on trial.
  func read(
    _ root: Field, _ audit: AuditAnnotation, _ diagnostics: inout Diagnostics
  ) -> TierPolicy?
  /// What holds in place of an object that `read` refuses, for whoever cannot refuse a whole
  /// cluster: it isolates at least the pods that the object would, and allows nothing. nil when it
  /// does not even say what it is called.
  func quarantined(_ root: Field, _ audit: AuditAnnotation) -> TierPolicy?
}

/// Every dialect; a new one is a folder beside `NetworkPolicy` and a line here.
package let dialects: [any Dialect] = [
  NetworkPolicyDialect()
]
