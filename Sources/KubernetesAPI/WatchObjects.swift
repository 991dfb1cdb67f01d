import AsyncHTTPClient
import NIOCore

/// Watches.
extension ResourceFollower {
  /// Receives changes since `version`, until the server ends the watch.
  func watch(from version: String, _ receiver: @escaping Receiver) async throws {
    let seconds = watchSeconds
    let watchdog = Watchdog(silence: nil, total: .seconds(seconds) + pace.watchGrace)
    try await watchdog.guarding {
      try await self.read(
        [("resourceVersion", version)], seconds: seconds, initial: nil, watchdog, receiver)
    }
  }

  /// Receives all objects and then their changes, in one answer (KEP-3157).
  /// - Returns: whether the server knows this; if not, there was nothing received.
  func listAndWatch(_ receiver: @escaping Receiver) async throws -> Bool {
    let seconds = watchSeconds
    let watchdog = Watchdog(
      silence: pace.endOfObjects, total: .seconds(seconds) + pace.watchGrace)
    do {
      try await watchdog.guarding {
        try await self.read(
          [("sendInitialEvents", "true"), ("resourceVersionMatch", "NotOlderThan")],
          seconds: seconds, initial: Gathering(), watchdog, receiver)
      }
      return true
    } catch let failure as APIFailure where version == nil {
      switch failure {
      case .silence: return false
      case .refused(let status, _) where status.isRefusalOfParameters: return false
      default: throw failure
      }
    } catch is UnmarkedBookmark {
      return false
    }
  }

  private var watchSeconds: Int64 {
    (pace.watch + pace.watch * pace.random()).components.seconds
  }

  /// - Parameter initial: where objects go until the server says that these are all; nil if there
  ///   are changes only.
  private func read(
    _ query: [(String, String)], seconds: Int64, initial: Gathering<Object>?,
    _ watchdog: Watchdog, _ receiver: @escaping Receiver
  ) async throws {
    let began = ContinuousClock.now
    let body = try await client.get(
      resource,
      [("watch", "true"), ("allowWatchBookmarks", "true"), ("timeoutSeconds", String(seconds))]
        + query)
    var initial = initial
    if initial == nil { await receiver(.watching) }
    var hadEvents = false
    var splitter = LineSplitter(limit: pace.objectBytes)
    for try await part in body {
      watchdog.heard()
      for line in try part.withUnsafeReadableBytes({ try splitter.feed($0) }) {
        hadEvents = true
        let event = try WatchEvent(line: line, of: resource)
        if initial == nil {
          try await take(event, receiver)
        } else if let version = try gather(event, &initial) {
          watchdog.allowSilence()
          try await complete(initial ?? Gathering(), at: version, receiver)
          initial = nil
          await receiver(.watching)
        }
      }
    }
    try Task.checkCancellation()
    if splitter.isInLine { throw APIFailure.connection("the watch ended within an event") }
    if initial != nil { throw APIFailure.connection("the watch ended before all objects came") }
    if !hadEvents, .now - began < pace.shortWatch { throw APIFailure.shortWatch }
  }

  /// Returns the version of the complete list when it is complete.
  private func gather(
    _ event: WatchEvent, _ objects: inout Gathering<Object>?
  ) throws -> String? {
    switch event {
    case .put(let object): objects?.put(reading(object), object.reference)
    case .removed(let object): objects?.remove(object.reference)
    case .error(let status): throw APIFailure.errorEvent(status)
    case .bookmark(let version, let isEnd):
      guard isEnd else { throw UnmarkedBookmark() }
      return version
    }
    return nil
  }

  private func take(_ event: WatchEvent, _ receiver: Receiver) async throws {
    switch event {
    case .put(let object):
      try refuseOlder(object.resourceVersion)
      await receiver(.put(reading(object)))
      try advance(to: object.resourceVersion)
    case .removed(let object):
      try refuseOlder(object.resourceVersion)
      await receiver(.removed(object))
      try advance(to: object.resourceVersion)
    case .bookmark(let version, _):
      try refuseOlder(version)
      await receiver(.bookmark)
      try advance(to: version)
    case .error(let status): throw APIFailure.errorEvent(status)
    }
  }

  /// Versions of one resource grow along a watch. Those of custom formats are not compared.
  private func refuseOlder(_ new: String) throws(APIFailure) {
    guard let version, let before = UInt64(version), let after = UInt64(new), after < before else {
      return
    }
    throw .olderHistory(
      "the server is at version \(new), and was at \(version): it was set back")
  }
}

/// A server that does not know streaming lists sends bookmarks while it sends objects.
private struct UnmarkedBookmark: Error {}
