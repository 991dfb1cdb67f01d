import Denials
import Diagnostics
import KubernetesAPI

/// Sends Events, and judges what the server says to them.
struct DenyEventSender {
  struct Answer {
    let outcome: DenyEvents.Outcome
    /// Before anything else is sent.
    var pause: Duration?
  }

  private let client: APIClient
  private let node: String
  private let pace: KubernetesAPI.Pace
  private let warn: @Sendable (String) -> Void
  private var backoff: KubernetesAPI.Backoff
  /// What was said of failures since the last success.
  private var said: Set<String> = []

  init(
    _ client: APIClient, node: String, pace: KubernetesAPI.Pace,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.client = client
    self.node = node
    self.pace = pace
    self.warn = warn
    backoff = KubernetesAPI.Backoff(pace)
  }

  mutating func send(_ request: DenyEvents.Write.Request) async -> Answer {
    do throws(APIFailure) {
      switch request {
      case .create(let event):
        try await client.create(event.json(node: node), of: .events, in: event.namespace)
      case .update(let event, let occurrences):
        try await client.merge(
          ["series": occurrences.series ?? .null], into: event.name, of: .events,
          in: event.namespace)
      }
      said = []
      return Answer(outcome: .taken)
    } catch {
      return judge(error, request)
    }
  }

  private mutating func judge(
    _ failure: APIFailure, _ request: DenyEvents.Write.Request
  ) -> Answer {
    guard case .refused(let status, let wait) = failure else { return later(failure, nil) }
    switch (status.code, request) {
    case (404, .update): return Answer(outcome: .isGone)
    case (403, _) where status.isOfEndingNamespace: return Answer(outcome: .rejected)
    case (403, _):
      say(failure, "; the files of deploy/kustomize/deny-events give the right to write them")
      return Answer(outcome: .failed, pause: pace.refusedWait)
    // Another has the name, or it is not known who we are, or the server has too much to do.
    case (409, _), (401, _), (429, _), (500..., _): return later(failure, wait)
    default:
      say(failure, "")
      return Answer(outcome: .rejected)
    }
  }

  private mutating func later(_ failure: APIFailure, _ wait: Duration?) -> Answer {
    say(failure, "")
    return Answer(outcome: .failed, pause: backoff.next(atLeast: wait))
  }

  private mutating func say(_ failure: APIFailure, _ remedy: String) {
    guard said.insert(failure.label).inserted else { return }
    warn("denied packets are not told by Events: \(failure)\(remedy)")
  }
}
