import Host
import KubernetesAPI
import Synchronization

/// Events on their way from the tasks that follow resources to the loop's thread. It holds a bounded
/// number of them: who brings more waits until they are taken.
final class EventQueue: Sendable {
  typealias Event = ResourceEvent<FollowedObject>

  struct Item: Sendable {
    let resource: APIResource
    let event: Event
    let came: ContinuousClock.Instant
  }

  private struct State {
    var items: [Item] = []
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let waker: Waker
  private static let capacity = 4096

  init() throws { waker = try Waker() }

  var descriptor: Int32 { waker.descriptor }

  func put(_ event: Event, of resource: APIResource) async {
    let isFull = state.withLock { state in
      state.items.append(Item(resource: resource, event: event, came: .now))
      return state.items.count >= Self.capacity
    }
    waker.wake()
    guard isFull else { return }
    await withCheckedContinuation { continuation in
      let goesOn = state.withLock { state in
        if state.items.count < Self.capacity { return true }
        state.waiting.append(continuation)
        return false
      }
      if goesOn { continuation.resume() }
    }
  }

  /// Everything that has come.
  func take() -> [Item] {
    waker.clear()
    let (items, waiting) = state.withLock { state in
      defer { state = State() }
      return (state.items, state.waiting)
    }
    for continuation in waiting { continuation.resume() }
    return items
  }
}
