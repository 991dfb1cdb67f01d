import APIServer
import Diagnostics
import KubernetesAPI
import Manifests
import Synchronization
import TestSupport
import Testing

/// A server, and a follower of one of its resources, with what it said so far.
final class Following: Sendable {
  private struct Heard {
    var events: [ResourceEvent<APIObject>] = []
    var view: [ObjectReference: String] = [:]
    var waits: [Duration] = []
  }

  let server: APIServer
  let client: APIClient
  private let heard = Mutex(Heard())
  private let follower: ResourceFollower<APIObject>

  /// - Parameter pace: changes to a pace that does not wait for long.
  init(
    _ resource: APIResource = .pods, of server: APIServer, access: ClusterAccess? = nil,
    connectLimit: Duration = .seconds(30), rereading: Duration = .seconds(60),
    pace change: (inout Pace) -> Void = { _ in }
  ) throws {
    self.server = server
    client = try APIClient(
      try access ?? reach(server), userAgent: "netpolc-test/1", connectLimit: connectLimit,
      rereading: rereading)
    var pace = Pace()
    pace.random = { 0.5 }
    let waits = Waits()
    pace.pause = { wait in
      waits.add(wait)
      try? await Task.sleep(for: wait / 200)
    }
    change(&pace)
    self.waits = waits
    follower = ResourceFollower(resource, of: client, pace: pace) { $0 }
  }

  private let waits: Waits

  /// Follows while `body` runs.
  func whileFollowing(_ body: @escaping @Sendable (Following) async throws -> Void) async throws {
    if server.port == 0 { try await server.start() }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await self.follower.run { await self.hear($0) } }
        defer { group.cancelAll() }
        try await body(self)
      }
    } catch {
      try await shutDown()
      throw error
    }
    try await shutDown()
  }

  private func shutDown() async throws {
    try await client.close()
    try await server.stop()
  }

  private func hear(_ event: ResourceEvent<APIObject>) async {
    heard.withLock { heard in
      heard.events.append(event)
      switch event {
      case .listed(let objects):
        heard.view = [:]
        for object in objects { heard.view[object.reference] = object.content }
      case .put(let object): heard.view[object.reference] = object.content
      case .removed(let object): heard.view[object.reference] = nil
      case .bookmark, .watching, .watchEnded, .trouble: break
      }
    }
  }

  /// Waits until something holds of what was heard.
  func until(
    _ what: String, _ location: Testing.SourceLocation = #_sourceLocation,
    _ holds: () -> Bool
  ) async throws {
    let limit = ContinuousClock.now + .seconds(60)
    while !holds() {
      guard .now < limit else {
        Issue.record("not so in time: \(what); heard \(summary)", sourceLocation: location)
        throw CancellationError()
      }
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Waits until the follower has what the server has.
  func untilEqual(_ location: Testing.SourceLocation = #_sourceLocation) async throws {
    try await until("both have the same objects", location) { self.isEqual }
  }

  var isEqual: Bool { view == held }

  /// Waits until a watch is open and the follower knows it.
  func untilWatching(_ location: Testing.SourceLocation = #_sourceLocation) async throws {
    try await until("a watch is open", location) {
      self.server.watches == 1 && self.heard.withLock { $0.events.contains { $0.isWatching } }
    }
  }

  var events: [ResourceEvent<APIObject>] { heard.withLock { $0.events } }

  /// `listed web-0 web-1`, `put web-0`, `trouble expired`.
  var summary: [String] { events.map(\.summary) }

  /// By `namespace/name`: what differs from state to state.
  var contents: [String: String] {
    var contents: [String: String] = [:]
    for (reference, content) in view { contents[reference.qualifiedName] = content }
    return contents
  }

  private var view: [ObjectReference: String] { heard.withLock { $0.view } }

  private var held: [ObjectReference: String] {
    var held: [ObjectReference: String] = [:]
    for object in server.store.objects(follower.resource.plural) {
      let namespace = object.key.namespace.isEmpty ? nil : object.key.namespace
      let reference = ObjectReference(
        kind: follower.resource.kind, namespace: namespace, name: object.key.name)
      held[reference] = object.content
    }
    return held
  }

  var troubles: [ResourceTrouble] {
    events.compactMap { event in
      if case .trouble(let trouble) = event { trouble } else { nil }
    }
  }

  /// How long the follower wanted to wait, each time.
  var pauses: [Duration] { waits.all }

  func requests(_ verb: Verb) -> [Request] { server.requests.filter { $0.verb == verb } }
}

final class Waits: Sendable {
  private let waits = Mutex<[Duration]>([])
  func add(_ wait: Duration) { waits.withLock { $0.append(wait) } }
  var all: [Duration] { waits.withLock { $0 } }
}

extension APIObject {
  var content: String { root["metadata"]?["labels"]?["content"]?.text ?? "" }
}

extension ResourceEvent<APIObject> {
  var isWatching: Bool { if case .watching = self { true } else { false } }

  var summary: String {
    switch self {
    case .listed(let objects):
      (["listed"] + objects.map(\.reference.name)).joined(separator: " ")
    case .put(let object): "put \(object.reference.name)"
    case .removed(let object): "removed \(object.reference.name)"
    case .bookmark: "bookmark"
    case .watching: "watching"
    case .watchEnded: "watch ended"
    case .trouble(let trouble): "trouble \(trouble.failure.label)"
    }
  }
}

/// `shop/web-0`.
func pod(_ name: String, _ content: String = "1", node: String = "node-1") -> StoredObject {
  StoredObject(StoredObject.Key("pods", "shop", name), content: content, node: node)
}

func key(_ name: String) -> StoredObject.Key { StoredObject.Key("pods", "shop", name) }

/// A server that holds pods of the namespace `shop`.
func server(_ pods: String..., change: (inout APIServer.Settings) -> Void = { _ in }) throws
  -> APIServer
{
  let server = try APIServer()
  for name in pods { server.put(pod(name)) }
  var settings = server.settings
  change(&settings)
  server.settings = settings
  return server
}

extension APIResource {
  static let networkPolicies = APIResource(
    group: "networking.k8s.io", version: "v1", plural: "networkpolicies", kind: "NetworkPolicy",
    isNamespaced: true)
}
