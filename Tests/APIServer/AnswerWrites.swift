import Diagnostics
import Manifests

/// Events are written, and nothing else is.
extension APIServer {
  func write(_ request: Request, _ answer: Answer) async throws {
    if let (code, reason, message) = missing(request) {
      return try await refuse(code, reason, message, answer)
    }
    if request.verb == .create, isEnding(request.namespace) {
      let message =
        "events.events.k8s.io is forbidden: unable to create new content in namespace "
        + "\(request.namespace) because it is being terminated"
      return try await refuse(403, "Forbidden", message, cause: "NamespaceTerminating", answer)
    }
    switch outcome(of: request) {
    case .success(let object):
      try await send(object, request.verb == .create ? 201 : 200, answer)
    case .failure(let refusal):
      try await refuse(refusal.code, refusal.reason, refusal.message, answer)
    }
  }

  private func outcome(of request: Request) -> Result<JSON, EventStore.Refusal> {
    Result { () throws(EventStore.Refusal) in
      request.verb == .create
        ? try events.create(request.body, in: request.namespace)
        : try events.merge(
          request.body, request.contentType, into: request.name, in: request.namespace)
    }
  }

  private func missing(_ request: Request) -> (Int, String, String)? {
    guard request.plural == "events" else {
      return (405, "MethodNotAllowed", "the server does not allow this method on the resource")
    }
    if namespace(request.namespace) == nil {
      return (404, "NotFound", "namespaces \"\(request.namespace)\" not found")
    }
    return nil
  }

  private func namespace(_ name: String) -> StoredObject? {
    store.objects("namespaces").first { $0.key.name == name }
  }

  private func isEnding(_ name: String) -> Bool {
    namespace(name)?.text(isItem: true).contains("\"phase\":\"Terminating\"") ?? false
  }

  private func send(_ object: JSON, _ status: Int, _ answer: Answer) async throws {
    try await answer.begin(status)
    try await answer.send(object.line)
    try await answer.end()
  }
}
