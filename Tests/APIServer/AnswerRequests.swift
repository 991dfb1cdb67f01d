import Diagnostics

extension APIServer {
  func answer(_ request: Request, _ answer: Answer) async throws {
    let fault = begin(request)
    switch fault {
    case .silence: return
    case .status(let code, let reason, let retryAfter):
      try await refuse(code, reason, "as the test wants it", retryAfter: retryAfter, answer)
    case .page(let code, let text): try await send(page: text, code, answer)
    case .reset, .truncated, .slow, nil:
      if settings.missing.contains(request.plural) {
        // No Status, where the whole resource is unknown.
        try await send(page: "404 page not found\n", 404, answer)
      } else if let refusal = refusal(of: request) {
        try await refuse(refusal.0, refusal.1, refusal.2, answer)
      } else {
        switch request.verb {
        case .list: try await list(request, fault, answer)
        case .watch, .stream: try await watch(request, fault, answer)
        case .create, .patch: try await write(request, answer)
        }
      }
    }
  }

  private func refusal(of request: Request) -> (Int, String, String)? {
    let settings = settings
    if let token = settings.token, request.token != token {
      return (401, "Unauthorized", "Unauthorized")
    }
    if settings.requiresCertificate, !request.hasCertificate {
      return (401, "Unauthorized", "Unauthorized")
    }
    if settings.forbidden.contains(request.plural) {
      return (
        403, "Forbidden",
        "\(request.plural) is forbidden: User \"test\" cannot \(request.verb.right) resource \"\(request.plural)\""
      )
    }
    return nil
  }

  private func send(page: String, _ code: Int, _ answer: Answer) async throws {
    try await answer.begin(code)
    try await answer.send(page)
    try await answer.end()
  }

  func refuse(
    _ code: Int, _ reason: String, _ message: String, retryAfter: Int? = nil,
    cause: String? = nil, _ answer: Answer
  ) async throws {
    try await answer.begin(code, retryAfter.map { [("Retry-After", String($0))] } ?? [])
    try await answer.send(status(code, reason, message, cause: cause).line)
    try await answer.end()
  }

  func status(_ code: Int, _ reason: String, _ message: String, cause: String? = nil) -> JSON {
    .object(
      [
        ("kind", "Status"), ("apiVersion", "v1"), ("metadata", [:]), ("status", "Failure"),
        ("message", .string(message)), ("reason", .string(reason)), ("code", .integer(code)),
      ] + (cause.map { [("details", ["causes": [["reason": .string($0)]]])] } ?? []))
  }

  private func list(_ request: Request, _ fault: Fault?, _ answer: Answer) async throws {
    let limit = settings.ignoresLimit ? nil : request.query["limit"].flatMap { Int($0) }
    let page: Store.Page
    if let token = request.query["continue"] {
      guard let next = store.page(after: token, limit: limit) else {
        try await refuse(
          410, "Expired", "The provided continue parameter is too old", answer)
        return
      }
      page = next
    } else {
      page = store.firstPage(request.plural, request.query["fieldSelector"], limit: limit)
    }
    var metadata: [(String, JSON)] = [("resourceVersion", .string(String(page.version)))]
    if let next = page.next { metadata.append(("continue", .string(next))) }
    let items = page.objects.map { $0.text(isItem: true) }.joined(separator: ",")
    let list =
      "{\"kind\":\"\(Kinds.kind(of: request.plural))List\",\"apiVersion\":\"v1\",\"metadata\":"
      + "\(JSON.object(metadata).line),\"items\":[\(items)]}"
    try await answer.begin(200)
    try await send(list, fault, answer)
  }

  /// A whole body, and the end of the answer.
  private func send(_ body: String, _ fault: Fault?, _ answer: Answer) async throws {
    var half: String { String(body.prefix(body.count / 2)) }
    switch fault {
    case .reset:
      try await answer.send(half)
      return try await answer.reset()
    case .truncated: try await answer.send(half)
    case .slow:
      for byte in body {
        try await answer.send(String(byte))
        await Task.yield()
      }
    case .status, .page, .silence, nil: try await answer.send(body)
    }
    try await answer.end()
  }
}
