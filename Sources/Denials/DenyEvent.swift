import Diagnostics
import Host
import PolicyModel

/// An Event of the API `events.k8s.io/v1` that tells of packets which a pod's policies denied, or
/// would if they were enforced.
package struct DenyEvent: Sendable {
  /// What the API is told of the pod that it is about.
  package struct Pod: Hashable, Sendable {
    package let reference: ObjectReference
    /// `kubectl describe` shows only events of the very object.
    package let uid: String

    package init(reference: ObjectReference, uid: String) {
      self.reference = reference
      self.uid = uid
    }
  }

  /// How often it happened.
  package struct Occurrences: Hashable, Sendable {
    package var count: Int
    package var first: Timestamp
    package var last: Timestamp
  }

  package static let reason = "NetworkPolicyDenied"
  /// Of policies that are only tried.
  package static let auditReason = "NetworkPolicyWouldDeny"
  package static let controller = "netpolc.dev/agent"
  /// What the API server takes of a note and of an instance's name.
  private static let (noteLimit, instanceLimit) = (1024, 128)
  private static let nameLimit = 253

  package let pod: Pod
  package let name: String
  let direction: Direction
  let isAudited: Bool
  let peer: ObjectReference?
  let note: String
  let occurrences: Occurrences

  package var namespace: String { pod.reference.namespace ?? "" }

  /// What is said of a packet, which is the same for others like it.
  static func note(of record: DenyRecord) -> String {
    let ends = "\(record.source.textWithoutPort) -> \(record.destination.text) \(record.kind)"
    let note = "\(ends): \(record.why(naming: name(of:)))"
    if note.utf8.count <= noteLimit { return note }
    return "\(note.prefix(noteLimit - 3))..."
  }

  /// With the version of the object, by which one sees whether it has changed since; objects of files
  /// have a line.
  private static func name(of policy: IsolatingPolicy) -> String {
    let name = "\(policy.reference.kind) \(policy.reference.qualifiedName)"
    let parts = policy.location.file.split(separator: "@")
    return parts.count == 2
      ? "\(name) (version \(parts[1]))" : "\(name) \(policy.location.fileAndLine)"
  }

  /// One that no other object has: the pod's name and the moment, as other reporters name theirs.
  static func name(of pod: ObjectReference, number: Int) -> String {
    let suffix = ".\(String(number, radix: 16))"
    var name = pod.name.prefix(nameLimit - suffix.utf8.count)
    // A part of a name must not end with one of these.
    while name.hasSuffix(".") || name.hasSuffix("-") { name.removeLast() }
    return name + suffix
  }

  private var action: String {
    switch (direction, isAudited) {
    case (.ingress, false): "DenyIngress"
    case (.egress, false): "DenyEgress"
    case (.ingress, true): "AuditIngress"
    case (.egress, true): "AuditEgress"
    }
  }

  /// - Parameter node: on which it is told.
  package func json(node: String) -> JSON {
    func object(_ reference: ObjectReference, uid: String? = nil) -> JSON {
      .object(
        [
          ("apiVersion", "v1"), ("kind", .string(reference.kind)),
          ("namespace", .string(reference.namespace ?? "")), ("name", .string(reference.name)),
        ] + (uid.map { [("uid", .string($0))] } ?? []))
    }
    var members: [(String, JSON)] = [
      ("apiVersion", "events.k8s.io/v1"), ("kind", "Event"),
      ("metadata", ["name": .string(name), "namespace": .string(namespace)]),
      ("type", isAudited ? "Normal" : "Warning"),
      ("reason", .string(isAudited ? Self.auditReason : Self.reason)),
      ("action", .string(action)),
      ("note", .string(note)), ("regarding", object(pod.reference, uid: pod.uid)),
    ]
    if let peer { members.append(("related", object(peer))) }
    members += [
      ("reportingController", .string(Self.controller)),
      ("reportingInstance", .string(String(node.prefix(Self.instanceLimit)))),
      ("eventTime", .string(occurrences.first.microTime)),
    ]
    if let series = occurrences.series { members.append(("series", series)) }
    return .object(members)
  }
}

extension DenyEvent.Occurrences {
  /// One alone is no series.
  package var series: JSON? {
    if count < 2 { return nil }
    return ["count": .integer(count), "lastObservedTime": .string(last.microTime)]
  }
}

extension Timestamp {
  /// As the API has it: with six digits, no fewer.
  fileprivate var microTime: String { "\(rfc3339.dropLast())000Z" }
}
