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
  private var policies: [ObjectReference: TierPolicy] = [:]
  /// Policies that are gone while their namespace still has pods to protect.
  private var retained: [String: Set<ObjectReference>] = [:]
  /// Policies that went lately, by namespace: that it is being deleted may be told later than that
  /// they are, for these are told by different watches.
  private var gone: [String: [Gone]] = [:]
  private var lastForgotten = ContinuousClock.now

  private struct Gone {
    let policy: TierPolicy
    let since: ContinuousClock.Instant
  }

  /// How much later a namespace's deletion may be told than that of a policy in it.
  package static let memory = Duration.seconds(10)

  package struct Problem: Sendable {
    package let diagnostics: [Diagnostic]
    /// Whether a policy that only isolates stands in its place.
    package let isQuarantined: Bool
  }

  package init() {}

  package var quarantined: [ObjectReference] {
    problems.filter(\.value.isQuarantined).keys.sorted()
  }

  /// Whether any namespace is being deleted.
  var hasTerminating: Bool { !terminating.isEmpty }

  /// How many objects of a kind are known.
  package func count(_ kind: String) -> Int { known[kind]?.count ?? 0 }

  /// Of all kinds, those that only isolate among them.
  package var policyCount: Int { policies.count }

  /// Takes an object as it is now.
  package mutating func put(
    _ reading: ObjectReading, at now: ContinuousClock.Instant = .now
  ) -> [ClusterChange] {
    switch reading.result {
    case .object(let object):
      problems[object.reference] = nil
      return put(object, now)
    case .quarantined(let policy, let reasons):
      problems[policy.reference] = Problem(diagnostics: reasons, isQuarantined: true)
      return put(.policy(policy), now)
    case .unreadable(let reference, let reasons):
      problems[reference] = Problem(diagnostics: reasons, isQuarantined: false)
      return []
    }
  }

  private mutating func put(
    _ object: ClusterObject, _ now: ContinuousClock.Instant
  ) -> [ClusterChange] {
    let reference = object.reference
    known[reference.kind, default: []].insert(reference)
    var changes = [ClusterChange.put(object)]
    switch object {
    case .namespace(let namespace):
      if namespace.isTerminating {
        terminating.insert(namespace.name)
        changes += restore(namespace.name, now)
      } else {
        terminating.remove(namespace.name)
        changes += release(namespace.name)
      }
    case .pod(let pod):
      note(pod.reference, isLive: !pod.isFinished)
      if pod.isFinished { changes += releaseIfEmpty(pod.reference.namespace ?? "") }
    case .policy(let policy):
      policies[reference] = policy
      retained[reference.namespace ?? ""]?.remove(reference)
      gone[reference.namespace ?? ""]?.removeAll { $0.policy.reference == reference }
    case .node, .ipPool, .outgoingNAT: break
    }
    return changes
  }

  package mutating func remove(
    _ reference: ObjectReference, at now: ContinuousClock.Instant = .now
  ) -> [ClusterChange] {
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
    case "Node", "IPPool", "FelixConfiguration": return [.removed(reference)]
    default:
      let namespace = reference.namespace ?? ""
      let policy = policies.removeValue(forKey: reference)
      guard livePods[namespace] != nil else { return [.removed(reference)] }
      guard terminating.contains(namespace) else {
        remember(policy, of: namespace, now)
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

  private mutating func remember(
    _ policy: TierPolicy?, of namespace: String, _ now: ContinuousClock.Instant
  ) {
    if now - lastForgotten > Self.memory {
      gone = gone.mapValues { $0.filter { now - $0.since < Self.memory } }
        .filter { !$0.value.isEmpty }
      lastForgotten = now
    }
    if let policy { gone[namespace, default: []].append(Gone(policy: policy, since: now)) }
  }

  /// The policies that went just before their namespace's deletion was told: they went by it.
  private mutating func restore(
    _ namespace: String, _ now: ContinuousClock.Instant
  ) -> [ClusterChange] {
    let lately = (gone.removeValue(forKey: namespace) ?? []).filter {
      now - $0.since < Self.memory
    }
    guard livePods[namespace] != nil else { return [] }
    retained[namespace, default: []].formUnion(lately.map(\.policy.reference))
    return lately.map { .put(.policy($0.policy)) }
  }

  // MARK: - A start

  /// Keeps pods isolated whose namespaces are being deleted: their policies may have gone while nobody
  /// was there to keep them, and what those allowed is not known.
  package mutating func keepClosed(
    _ pods: [(pod: Pod, directions: Set<Direction>)]
  ) -> [ClusterChange] {
    pods.sorted { $0.pod.reference < $1.pod.reference }.compactMap { pod, directions in
      guard let namespace = pod.reference.namespace, terminating.contains(namespace) else {
        return nil
      }
      let policy = TierPolicy(isolating: pod, directions)
      guard policies[policy.reference] == nil else { return nil }
      policies[policy.reference] = policy
      retained[namespace, default: []].insert(policy.reference)
      return .put(.policy(policy))
    }
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

extension TierPolicy {
  /// Isolates a pod and those that are like it, and allows nothing.
  fileprivate init(isolating pod: Pod, _ directions: Set<Direction>) {
    let namespace = pod.reference.namespace ?? ""
    let labels = pod.labels.pairs.map {
      LabelSelector.Requirement.in(key: $0.key, values: [$0.value])
    }
    self.init(
      reference: ObjectReference(
        kind: "NetworkPolicy", namespace: namespace, name: "kept-closed.\(pod.reference.name)"),
      tier: .networkPolicy, order: 0,
      subject: PodSelector(namespaces: .named(namespace), pods: LabelSelector(labels)),
      ingress: directions.contains(.ingress) ? [] : nil,
      egress: directions.contains(.egress) ? [] : nil, location: pod.location)
  }
}
