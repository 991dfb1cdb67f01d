import Agent
import Denials
import Diagnostics
import Dialects
import Host
import Incremental
import Kubernetes
import KubernetesAPI

/// The objects of a cluster, as its API server tells them.
package struct APISource: ClusterSource, ~Copyable {
  private let queue: EventQueue
  private let tasks: [Task<Void, Never>]
  private var unsynced: Set<APIResource>
  private var troubles: [APIResource: ResourceTrouble] = [:]
  private var counts: [APIResource: WatchCount]
  private let denyEvents: DenyEventWriter?
  /// Of the node's pods; none if nobody tells of them.
  private var uids: [ObjectReference: String] = [:]
  package private(set) var refusal: String?

  /// What may be listed and watched: what an agent needs to be allowed.
  package static let resources =
    [APIResource.namespaces, .pods, .nodes.optional] + dialects.map { APIResource($0) } + pools

  /// What says how Calico translates. There may be no Calico.
  private static let pools: [APIResource] = [.ipPools, .felixDefaults]

  /// Begins to follow.
  /// - Parameters:
  ///   - audit: what puts a policy on trial.
  ///   - followsPools: whether anybody asks how Calico translates.
  ///   - denyEvents: who tells the server of denied packets.
  package init(
    _ client: APIClient, audit: AuditAnnotation, followsPools: Bool,
    denyEvents: DenyEventWriter? = nil
  ) throws {
    let resources = Self.resources.filter { followsPools || !Self.pools.contains($0) }
    let queue = try EventQueue()
    self.queue = queue
    self.denyEvents = denyEvents
    unsynced = Set(resources)
    counts = Dictionary(
      uniqueKeysWithValues: resources.map { ($0, WatchCount(resource: $0.plural)) })
    tasks = resources.map { [node = denyEvents?.node] resource in
      Task {
        let follower = ResourceFollower(resource, of: client) { object in
          FollowedObject(object, audit: audit, uidsOf: node)
        }
        await follower.run { event in await queue.put(event, of: resource) }
      }
    }
  }

  deinit { for task in tasks { task.cancel() } }

  package var descriptor: Int32 { queue.descriptor }

  package var due: ContinuousClock.Instant? { nil }

  package var isSynced: Bool { unsynced.isEmpty }

  package var problems: [String] {
    troubles.sorted { $0.key.name < $1.key.name }.map(\.value.description)
  }

  package var watches: [WatchCount] { counts.values.sorted { $0.resource < $1.resource } }

  package mutating func changes(
    into intake: inout Intake, at now: ContinuousClock.Instant
  ) -> [ClusterChange] {
    var changes: [ClusterChange] = []
    for item in queue.take() {
      counts[item.resource]?.add(item.event)
      switch item.event {
      case .listed(let objects):
        changes += intake.keep(
          Set(objects.map(\.reading.reference)), kind: item.resource.kind)
        if item.resource == .pods { uids = [:] }
        for object in objects { changes += put(object, into: &intake) }
        unsynced.remove(item.resource)
        // One that we may not read is listed as empty, and stays worth a word.
        if troubles[item.resource]?.isRefusal != true { troubles[item.resource] = nil }
      case .put(let object): changes += put(object, into: &intake)
      case .removed(let object):
        uids[object.reference] = nil
        changes += intake.remove(object.reference)
      case .watching: troubles[item.resource] = nil
      case .bookmark, .watchEnded: break
      case .trouble(let trouble):
        troubles[item.resource] = trouble
        if trouble.isRefusal, item.resource.necessity == .needed {
          refusal = "\(item.resource.name): \(trouble.failure); nothing can be decided without it"
        }
      }
    }
    return changes
  }

  private mutating func put(
    _ object: FollowedObject, into intake: inout Intake
  ) -> [ClusterChange] {
    if let uid = object.uid { uids[object.reading.reference] = uid }
    return intake.put(object.reading)
  }

  package func denied(_ record: DenyRecord) { denyEvents?.add(record) { uids[$0] } }

  package var denyEventCounts: DenyEvents.Counts? { denyEvents?.counts }
}

extension APIResource {
  fileprivate init(_ dialect: any Dialect) {
    let parts = dialect.apiVersion.split(separator: "/")
    self.init(
      group: parts.count > 1 ? String(parts[0]) : "", version: String(parts.last ?? ""),
      plural: dialect.plural, kind: dialect.kind, isNamespaced: dialect.isNamespaced,
      necessity: dialect.isOptional ? .optional : .needed)
  }

  /// Also of the API `projectcalico.org/v3`, which is an extension of the server that few have.
  fileprivate static let ipPools = APIResource(
    group: "crd.projectcalico.org", version: "v1", plural: "ippools", kind: "IPPool",
    isNamespaced: false, necessity: .optional)
  /// Those for all nodes.
  fileprivate static let felixDefaults = APIResource(
    group: "crd.projectcalico.org", version: "v1", plural: "felixconfigurations",
    kind: "FelixConfiguration", isNamespaced: false, necessity: .optional,
    fieldSelector: "metadata.name=default")

  fileprivate var optional: APIResource {
    APIResource(
      group: group, version: version, plural: plural, kind: kind, isNamespaced: isNamespaced,
      necessity: .optional)
  }
}

extension WatchCount {
  fileprivate mutating func add(_ event: EventQueue.Event) {
    switch event {
    case .put, .removed, .bookmark:
      events += 1
      lastEvent = wallClock()
    case .listed, .watching: lastEvent = wallClock()
    case .watchEnded:
      restarts[.ended, default: 0] += 1
      lastEvent = wallClock()
    case .trouble(let trouble):
      restarts[trouble.next == .watch ? .failed : .relisted, default: 0] += 1
    }
  }
}
