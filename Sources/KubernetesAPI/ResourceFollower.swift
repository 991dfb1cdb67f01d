import Diagnostics

/// Lists the objects of a resource and then watches them, for ever, whatever goes wrong.
///
/// Each object becomes an `Object` as soon as it is read, so that of a cluster's many pods only
/// what matters is held.
package actor ResourceFollower<Object: Sendable> {
  package typealias Receiver = @Sendable (ResourceEvent<Object>) async -> Void

  nonisolated package let resource: APIResource
  let client: APIClient
  let pace: Pace
  let reading: @Sendable (APIObject) -> Object
  /// Everything up to it has been received; nil when only a list helps.
  private(set) var version: String?
  /// Whether the server is asked for a list that streams.
  private var asksForStreams = true
  private var hasListed = false
  /// What was said of an optional resource that we are not given.
  private var saidOfRefusal: APIFailure?
  private var backoff: Backoff
  /// Whether the last failure was that a version is no longer kept.
  private var hasExpired = false

  package init(
    _ resource: APIResource, of client: APIClient, pace: Pace = Pace(),
    reading: @escaping @Sendable (APIObject) -> Object
  ) {
    self.resource = resource
    self.client = client
    self.pace = pace
    self.reading = reading
    backoff = Backoff(pace)
  }

  /// Returns when the task is cancelled; to be called once. Nothing more is read from the server
  /// while `receiver` is busy with an event.
  package func run(_ receiver: @escaping Receiver) async {
    while !Task.isCancelled {
      do {
        if let version {
          try await watch(from: version, receiver)
          await receiver(.watchEnded)
        } else if asksForStreams {
          asksForStreams = try await listAndWatch(receiver)
          if asksForStreams { await receiver(.watchEnded) }
        } else {
          try await list(receiver)
        }
      } catch {
        if Task.isCancelled { return }
        await recover(from: APIFailure(error, server: client.access.server), receiver)
      }
    }
  }

  /// Keeps that everything up to `version` has been received; nothing, if the receiver may have
  /// been interrupted: then the event comes again.
  func advance(to version: String) throws {
    try Task.checkCancellation()
    self.version = version
  }

  /// Gives a complete list to the receiver.
  func complete(
    _ objects: Gathering<Object>, at version: String, _ receiver: Receiver
  ) async throws {
    await receiver(.listed(objects.sorted))
    try advance(to: version)
    hasListed = true
    hasExpired = false
    saidOfRefusal = nil
  }

  func beginWatching(_ receiver: Receiver) async {
    saidOfRefusal = nil
    await receiver(.watching)
  }

  private func recover(from failure: APIFailure, _ receiver: Receiver) async {
    switch failure {
    case .errorEvent: version = nil
    default: if failure.isExpired { version = nil }
    }
    // The server is there again: how long it was away no longer says when to ask it.
    if failure.isExpired, !hasExpired { backoff = Backoff(pace) }
    hasExpired = failure.isExpired
    if case .refused(let status, _) = failure, resource.necessity == .optional,
      status.code == 404 || status.code == 403 && !hasListed
    {
      await goWithout(status, failure, receiver)
      return
    }
    let wait = backoff.next(atLeast: failure.retryAfter)
    await receiver(.trouble(trouble(failure, wait)))
    await pace.pause(wait)
  }

  private func trouble(_ failure: APIFailure, _ wait: Duration) -> ResourceTrouble {
    ResourceTrouble(
      resource: resource, failure: failure, next: version == nil ? .list : .watch, wait: wait)
  }

  /// A resource that the server does not have is empty, and so is one that it never let us read. What
  /// is known of one that we may not read any more stays, and is asked for like any other: that may
  /// be a mistake, or a server that has just begun.
  private func goWithout(
    _ status: APIStatus, _ failure: APIFailure, _ receiver: Receiver
  ) async {
    if status.code == 404 { version = nil }
    if saidOfRefusal != failure {
      saidOfRefusal = failure
      await receiver(.trouble(trouble(failure, pace.refusedWait)))
      await receiver(.listed([]))
    }
    await pace.pause(pace.refusedWait)
  }
}
