import Host
import Kubernetes
import KubernetesAPI
import Synchronization

/// Takes one complete list of each resource that says something about policy.
package struct ClusterSnapshot: ~Copyable {
  private let state: Progress
  private let tasks: [Task<Void, Never>]

  /// Why there is none.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// What has come, for the thread that waits.
  private final class Progress: Sendable {
    struct State {
      var lists: [APIResource: [Result<SnapshotItem, APIFailure>]] = [:]
      var troubles: [APIResource: ResourceTrouble] = [:]
    }

    let state = Mutex(State())
    let waker: Waker

    init() throws { waker = try Waker() }

    func take(_ event: ResourceEvent<Result<SnapshotItem, APIFailure>>, _ resource: APIResource) {
      state.withLock { state in
        switch event {
        case .listed(let items): state.lists[resource] = state.lists[resource] ?? items
        case .trouble(let trouble): state.troubles[resource] = trouble
        case .put, .removed, .bookmark, .watching, .watchEnded: break
        }
      }
      waker.wake()
    }
  }

  /// Begins to ask.
  /// - Parameter audit: what puts a policy on trial.
  package init(_ client: APIClient, audit: AuditAnnotation) throws {
    let state = try Progress()
    self.state = state
    tasks = APISource.resources.map { resource in
      Task {
        let follower = ResourceFollower(resource, of: client) { object in
          Result { () throws(APIFailure) in try SnapshotItem(object, annotations: [audit.key]) }
        }
        await follower.run { state.take($0, resource) }
      }
    }
  }

  deinit { for task in tasks { task.cancel() } }

  /// Waits for all lists.
  package func text(within limit: Duration) throws -> String {
    let deadline = ContinuousClock.now + limit
    while true {
      let (lists, troubles) = state.state.withLock { ($0.lists, $0.troubles) }
      if lists.count == APISource.resources.count {
        return snapshot(try lists.values.joined().map { try $0.get() })
      }
      let waiting = APISource.resources.filter { lists[$0] == nil }
      let trouble = waiting.compactMap { troubles[$0] }.first
      if let trouble, trouble.isRefusal {
        throw Failure(description: "\(trouble.resource.name): \(trouble.failure)")
      }
      guard ContinuousClock.now < deadline else {
        let reason = trouble.map { "\($0.resource.name): \($0.failure)" }
        throw Failure(
          description: reason
            ?? "the API server did not answer within \(limit.components.seconds) s")
      }
      _ = try readable([state.waker.descriptor], within: 200)
      state.waker.clear()
    }
  }
}
