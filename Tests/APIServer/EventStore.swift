import Diagnostics
import Manifests
import Synchronization

/// Events as the API `events.k8s.io/v1` takes them: what it demands of them, and what of them may
/// change, is as in the API server's `pkg/apis/core/validation/events.go`.
package final class EventStore: Sendable {
  typealias Members = [(name: String, value: JSON)]

  struct Refusal: Error {
    let code: Int
    let reason: String
    let message: String

    static func invalid(_ message: String) -> Refusal {
      Refusal(code: 422, reason: "Invalid", message: message)
    }
  }

  private let events = Mutex<[String: Members]>([:])

  /// Each as a value that can be asked for its members, by namespace and name.
  package var all: [ManifestValue] {
    get throws {
      try events.withLock { events in
        try events.sorted { $0.key < $1.key }.map { try value(JSON.object($0.value).line) }
      }
    }
  }

  /// As time does.
  package func expire() { events.withLock { $0 = [:] } }

  func create(_ text: String, in namespace: String) throws(Refusal) -> JSON {
    let value = try value(text)
    let name = value["metadata"]?["name"]?.text ?? ""
    guard value["metadata"]?["namespace"]?.text == namespace else {
      throw Refusal(code: 400, reason: "BadRequest", message: "the namespace is not the request's")
    }
    try check(value)
    let members = try members(value)
    let isNew = events.withLock { events in
      if events["\(namespace)/\(name)"] != nil { return false }
      events["\(namespace)/\(name)"] = members
      return true
    }
    if isNew { return .object(members) }
    throw Refusal(code: 409, reason: "AlreadyExists", message: "event \"\(name)\" already exists")
  }

  func merge(
    _ text: String, _ contentType: String, into name: String, in namespace: String
  ) throws(Refusal) -> JSON {
    guard contentType == "application/merge-patch+json" else {
      throw Refusal(
        code: 415, reason: "UnsupportedMediaType", message: "the body is \(contentType)")
    }
    let patch = try members(try value(text))
    if let other = patch.first(where: { $0.name != "series" }) {
      throw .invalid("\(other.name): field is immutable")
    }
    let key = "\(namespace)/\(name)"
    guard let old = events.withLock({ $0[key] }) else {
      throw Refusal(code: 404, reason: "NotFound", message: "event \"\(name)\" not found")
    }
    let new = old.filter { $0.name != "series" } + patch
    try check(try value(JSON.object(new).line))
    events.withLock { $0[key] = new }
    return .object(new)
  }

  private func check(_ event: ManifestValue) throws(Refusal) {
    for name in ["reportingController", "reportingInstance", "action", "reason"] as [StaticString] {
      let text = event[name]?.text ?? ""
      guard (1...128).contains(text.utf8.count) else {
        throw .invalid("\(name): has 1 to 128 bytes")
      }
    }
    guard ["Normal", "Warning"].contains(event["type"]?.text) else { throw .invalid("type") }
    guard event["note"]?.text.utf8.count ?? 0 <= 1024 else {
      throw .invalid("note: can have at most 1024 characters")
    }
    guard event["regarding"]?["namespace"]?.text == event["metadata"]?["namespace"]?.text else {
      throw .invalid("regarding.namespace: does not match event.namespace")
    }
    try check(time: event["eventTime"])
    guard let series = event["series"] else { return }
    guard let count = series["count"]?.integer, count >= 2 else {
      throw .invalid("series.count: should be at least 2")
    }
    try check(time: series["lastObservedTime"])
  }

  /// Go's layout of it demands six digits.
  private func check(time: ManifestValue?) throws(Refusal) {
    let form = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/
    guard let time, time.text.wholeMatch(of: form) != nil else {
      throw Refusal(code: 400, reason: "BadRequest", message: "\(time?.text ?? "") is no MicroTime")
    }
  }
}

private func value(_ text: String) throws(EventStore.Refusal) -> ManifestValue {
  var diagnostics = Diagnostics()
  let values = parseJSON(ManifestFile(path: "body", bytes: Array(text.utf8)), &diagnostics)
  guard let value = values.first, diagnostics.all.isEmpty, value.kind == .mapping else {
    throw EventStore.Refusal(code: 400, reason: "BadRequest", message: "the body is no object")
  }
  return value
}

private func members(_ value: ManifestValue) throws(EventStore.Refusal) -> EventStore.Members {
  guard case .object(let members)? = try? JSON(value) else { throw .invalid("no object") }
  return members.map { (name: $0.0, value: $0.1) }
}
