import Diagnostics
import Kubernetes
import PolicyModel

/// A policy API: objects of one kind to policies in a tier.
package protocol Dialect: Sendable {
  /// As in `apiVersion`: `networking.k8s.io/v1`.
  var apiVersion: String { get }
  var kind: String { get }
  /// Reads one object. Says everything that is wrong with it; nil when something is.
  func read(_ root: Field, _ diagnostics: inout Diagnostics) -> TierPolicy?
}

/// Every dialect; a new one is a folder beside `NetworkPolicy` and a line here.
package let dialects: [any Dialect] = [
  NetworkPolicyDialect()
]
