import Denials
import Diagnostics
import KubernetesAPI
import Synchronization

/// Writes Events of denied packets, in a task of its own: no loop waits for the API server, and what
/// it does not take in time is not written.
package final class DenyEventWriter: Sendable {
  let node: String
  private let state: Shared
  private let task: Task<Void, Never>

  /// What the loop's thread and the task share.
  private final class Shared: Sendable {
    let events: Mutex<DenyEvents>
    let news: AsyncStream<Void>.Continuation

    init(_ events: DenyEvents, _ news: AsyncStream<Void>.Continuation) {
      self.events = Mutex(events)
      self.news = news
    }
  }

  /// - Parameters:
  ///   - node: on which the packets are denied.
  ///   - events: decides what is written when.
  ///   - warn: hears once why nothing can be written.
  package init(
    _ client: APIClient, node: String, events: DenyEvents = DenyEvents(),
    pace: KubernetesAPI.Pace = KubernetesAPI.Pace(),
    warn: @escaping @Sendable (String) -> Void
  ) {
    let (stream, news) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let state = Shared(events, news)
    self.node = node
    self.state = state
    task = Task {
      var sender = DenyEventSender(client, node: node, pace: pace, warn: warn)
      for await _ in stream {
        while let step = state.events.withLock({ $0.next() }), !Task.isCancelled {
          switch step {
          case .wait(let time):
            // What is denied meanwhile may have to be written earlier.
            try? await Task.sleep(for: min(time, .seconds(1)))
          case .write(let write):
            let answer = await sender.send(write.request)
            state.events.withLock { $0.finish(write, answer.outcome) }
            if let pause = answer.pause { await pace.pause(pause) }
          }
        }
      }
    }
  }

  deinit { task.cancel() }

  package var counts: DenyEvents.Counts { state.events.withLock { $0.counts } }

  /// - Parameter uid: of a pod; nil if it is not known.
  package func add(_ record: DenyRecord, uid: (ObjectReference) -> String?) {
    let pod = record.ends?.subject.pod
    let known = pod.flatMap { pod in uid(pod).map { DenyEvent.Pod(reference: pod, uid: $0) } }
    state.events.withLock { events in
      if let known { events.add(record, of: known) } else { events.suppress() }
    }
    state.news.yield()
  }
}
