import Diagnostics
import Synchronization

extension APIServer {
  func watch(_ request: Request, _ fault: Fault?, _ answer: Answer) async throws {
    if request.verb == .stream, settings.streamingLists == .refused {
      let message = "sendInitialEvents is forbidden for watch unless the WatchList feature is on"
      return try await refuse(422, "Invalid", message, answer)
    }
    // From here on, so that no change falls between what is sent first and what follows.
    let (number, actions) = openWatch()
    defer { closeWatch(number) }
    guard let start = try await begin(request, answer) else { return }
    if let fault { return try await end(fault, answer) }
    try await follow(request, from: start, actions, answer)
  }

  /// Sends what a watch begins with. Returns the version after which changes follow; nil if the
  /// request was refused.
  private func begin(_ request: Request, _ answer: Answer) async throws -> Int? {
    if let text = request.query["resourceVersion"], let version = Int(text) {
      if store.changes(after: version) == nil {
        // Not by the answer's status, which is sent before the cache is asked.
        try await answer.begin(200)
        try await end(410, "Expired", "too old resource version: \(version)", answer)
        return nil
      }
      if version > store.version, settings.refusesFuture {
        try await refuse(
          504, "Timeout", "Too large resource version: \(version), current: \(store.version)",
          answer)
        return nil
      }
      try await answer.begin(200)
      return version
    }
    let page = store.firstPage(request.plural, request.query["fieldSelector"], limit: nil)
    try await answer.begin(200)
    var rest = page.objects
    while !rest.isEmpty {
      try await answer.send(rest.prefix(100).map { event("ADDED", $0) }.joined())
      rest = rest.dropFirst(100)
    }
    if settings.streamingLists == .supported {
      try await answer.send(bookmark(request.plural, page.version, isEnd: true))
    }
    return page.version
  }

  private func end(_ fault: Fault, _ answer: Answer) async throws {
    try await answer.send("{\"type\":\"ADDED\",\"object\":{\"metadata\":")
    if fault == .reset { return try await answer.reset() }
    try await answer.end()
  }

  private func follow(
    _ request: Request, from start: Int, _ actions: AsyncStream<WatchAction>, _ answer: Answer
  ) async throws {
    var position = start
    guard try await sendChanges(request, &position, answer) != nil else { return }
    for await action in actions {
      switch action {
      case .update:
        guard try await sendChanges(request, &position, answer) != nil else { return }
      case .bookmark:
        guard let version = try await sendChanges(request, &position, answer) else { return }
        position = version
        try await answer.send(bookmark(request.plural, version, isEnd: false))
      case .error(let code, let reason):
        return try await end(code, reason, "as the test wants it", answer)
      case .raw(let text): try await answer.send(text)
      case .end: return try await answer.end()
      case .reset: return try await end(.reset, answer)
      case .truncate: return try await end(.truncated, answer)
      case .silence: for await _ in actions {}
      }
    }
  }

  /// Ends a watch with an ERROR event.
  private func end(
    _ code: Int, _ reason: String, _ message: String, _ answer: Answer
  ) async throws {
    let event: JSON = ["type": "ERROR", "object": status(code, reason, message)]
    try await answer.send(event.line + "\n")
    try await answer.end()
  }

  /// Returns the version up to which all is sent; nil if there are changes that were forgotten
  /// before, which ends the watch.
  private func sendChanges(
    _ request: Request, _ position: inout Int, _ answer: Answer
  ) async throws -> Int? {
    let selector = request.query["fieldSelector"]
    guard let changes = store.changes(after: position) else {
      try await end(410, "Expired", "too old resource version: \(position)", answer)
      return nil
    }
    for change in changes.all {
      position = change.version
      guard (change.after ?? change.before)?.key.plural == request.plural else { continue }
      let before = change.before.flatMap { $0.matches(selector) ? $0 : nil }
      let after = change.after.flatMap { $0.matches(selector) ? $0 : nil }
      switch (before, after) {
      case (nil, let after?): try await answer.send(event("ADDED", after))
      case (_?, let after?): try await answer.send(event("MODIFIED", after))
      case (var before?, nil):
        before.version = change.version
        try await answer.send(event("DELETED", before))
      case (nil, nil): continue
      }
      sent.add(1, ordering: .relaxed)
    }
    return changes.version
  }

  private func event(_ type: String, _ object: StoredObject) -> String {
    "{\"type\":\"\(type)\",\"object\":\(object.text(isItem: false))}\n"
  }

  private func bookmark(_ plural: String, _ version: Int, isEnd: Bool) -> String {
    var metadata: [(String, JSON)] = [("resourceVersion", .string(String(version)))]
    if isEnd { metadata.append(("annotations", ["k8s.io/initial-events-end": "true"])) }
    let object: JSON = .object(
      Kinds.typeMeta(of: plural) + [("metadata", .object(metadata))])
    let event: JSON = ["type": "BOOKMARK", "object": object]
    return event.line + "\n"
  }
}
