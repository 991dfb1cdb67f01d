import Compiler
import Diagnostics
import Kubernetes
import Manifests
import PolicyModel

/// What was read of one object: all that is kept of it.
package struct ObjectReading: Sendable {
  enum Result: Sendable {
    case object(ClusterObject)
    /// A policy that cannot be read, by one that only isolates.
    indirect case quarantined(TierPolicy, [Diagnostic])
    indirect case unreadable(ObjectReference, [Diagnostic])
  }

  let result: Result

  /// - Parameter kind: of an object that `ClusterObject` includes.
  /// - Parameter audit: what puts a policy on trial.
  package init(
    _ value: ManifestValue, kind: String, apiVersion: String, audit: AuditAnnotation = .standard
  ) {
    let root = Field(value, path: .root)
    var diagnostics = Diagnostics()
    if let object = ClusterObject(root, kind, apiVersion, audit, &diagnostics) {
      result = .object(object)
    } else if let policy = ClusterObject.quarantined(root, kind, apiVersion, audit) {
      result = .quarantined(policy, diagnostics.sorted)
    } else {
      let reference = ObjectReference(
        of: value, kind: kind, isNamespaced: !ClusterObject.isClusterWide(kind))
      let asWritten = ObjectReference(
        kind: kind, namespace: value["metadata"]?["namespace"]?.text,
        name: value["metadata"]?["name"]?.text ?? "")
      result = .unreadable(reference ?? asWritten, diagnostics.sorted)
    }
  }

  /// Which object it is.
  package var reference: ObjectReference {
    switch result {
    case .object(let object): object.reference
    case .quarantined(let policy, _): policy.reference
    case .unreadable(let reference, _): reference
    }
  }
}
