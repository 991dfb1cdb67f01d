import Compiler
import Diagnostics
import Incremental
import Kubernetes
import Manifests
import PolicyModel

/// Objects as a source tells them, to changes for the compiler.
///
/// What cannot be read never opens anything: a policy is replaced by one that only isolates, and of
/// other objects the last good state stays.
package struct Intake {
  /// Why objects are not enforced as they are written.
  package private(set) var problems: [ObjectReference: Problem] = [:]
  /// Objects that are known, and the kinds that lists replace.
  private var known: [String: Set<ObjectReference>] = [:]
  private var livePods: [String: Set<String>] = [:]
  private var terminating: Set<String> = []
  /// Policies that are gone while their namespace still has pods to protect.
  private var retained: [String: Set<ObjectReference>] = [:]

  package struct Problem: Sendable {
    package let diagnostics: [Diagnostic]
    /// Whether a policy that only isolates stands in its place.
    package let isQuarantined: Bool
  }

  package init() {}

  package var quarantined: [ObjectReference] {
    problems.filter(\.value.isQuarantined).keys.sorted()
  }

  /// How many objects of a kind are known.
  package func count(_ kind: String) -> Int { known[kind]?.count ?? 0 }

  /// Takes an object as it is now.
  ///
  /// - Returns: nothing for one of a kind that does not matter here.
  package mutating func put(
    _ value: ManifestValue, kind: String, apiVersion: String
  ) -> [ClusterChange] {
    guard ClusterObject.includes(kind, apiVersion) else { return [] }
    let root = Field(value, path: .root)
    var diagnostics = Diagnostics()
    if let object = ClusterObject(root, kind, apiVersion, &diagnostics) {
      problems[object.reference] = nil
      return put(object)
    }
    if let policy = ClusterObject.quarantined(root, kind, apiVersion) {
      problems[policy.reference] = Problem(diagnostics: diagnostics.sorted, isQuarantined: true)
      return put(.policy(policy))
    }
    let reference = ObjectReference(
      kind: kind, namespace: value["metadata"]?["namespace"]?.text,
      name: value["metadata"]?["name"]?.text ?? "")
    problems[reference] = Problem(diagnostics: diagnostics.sorted, isQuarantined: false)
    return []
  }

  private mutating func put(_ object: ClusterObject) -> [ClusterChange] {
    let reference = object.reference
    known[reference.kind, default: []].insert(reference)
    var changes = [ClusterChange.put(object)]
    switch object {
    case .namespace(let namespace):
      if namespace.isTerminating {
        terminating.insert(namespace.name)
      } else {
        terminating.remove(namespace.name)
        changes += release(namespace.name)
      }
    case .pod(let pod):
      note(pod.reference, isLive: !pod.isFinished)
      if pod.isFinished { changes += releaseIfEmpty(pod.reference.namespace ?? "") }
    case .policy: retained[reference.namespace ?? ""]?.remove(reference)
    case .node: break
    }
    return changes
  }

  package mutating func remove(_ reference: ObjectReference) -> [ClusterChange] {
    problems[reference] = nil
    guard known[reference.kind]?.remove(reference) != nil else { return [] }
    switch reference.kind {
    case "Pod":
      note(reference, isLive: false)
      return [.removed(reference)] + releaseIfEmpty(reference.namespace ?? "")
    case "Namespace":
      // The API server removes a namespace when all in it is gone; the pods' own events may come
      // later.
      terminating.remove(reference.name)
      return [.removed(reference)] + releaseIfEmpty(reference.name)
    case "Node": return [.removed(reference)]
    default:
      let namespace = reference.namespace ?? ""
      guard terminating.contains(namespace), !(livePods[namespace]?.isEmpty ?? true) else {
        return [.removed(reference)]
      }
      // A namespace's objects go in any order, and its pods are reachable until they are gone
      // (CVE-2024-7598).
      retained[namespace, default: []].insert(reference)
      return []
    }
  }

  /// Takes a complete list of a kind: whatever is not on it is gone.
  package mutating func keep(_ references: Set<ObjectReference>, kind: String) -> [ClusterChange] {
    for reference in problems.keys where reference.kind == kind && !references.contains(reference) {
      problems[reference] = nil
    }
    return (known[kind] ?? []).subtracting(references).sorted().flatMap { remove($0) }
  }

  private mutating func note(_ pod: ObjectReference, isLive: Bool) {
    let namespace = pod.namespace ?? ""
    if isLive {
      livePods[namespace, default: []].insert(pod.name)
    } else {
      livePods[namespace]?.remove(pod.name)
      if livePods[namespace]?.isEmpty ?? false { livePods[namespace] = nil }
    }
  }

  private mutating func releaseIfEmpty(_ namespace: String) -> [ClusterChange] {
    livePods[namespace] == nil ? release(namespace) : []
  }

  private mutating func release(_ namespace: String) -> [ClusterChange] {
    (retained.removeValue(forKey: namespace) ?? []).sorted().map { .removed($0) }
  }
}
