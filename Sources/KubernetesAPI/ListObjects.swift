import AsyncHTTPClient
import Diagnostics
import NIOCore

/// Lists in pages.
extension ResourceFollower {
  /// Gets all objects as they are now, rather than as some cache of the server has them: what was
  /// known before must not come back.
  func list(_ receiver: @escaping Receiver) async throws {
    var objects = Gathering<Object>()
    var version: String?
    var next: String?
    var limit: Int? = pace.pageSize
    repeat {
      let page: Page
      do {
        page = try await readPage(after: next, limit: limit)
      } catch let failure as APIFailure where failure.isExpired && next != nil {
        // The state that the pages are of is no longer kept. At once, it cannot go.
        objects = Gathering()
        (version, next, limit) = (nil, nil, nil)
        continue
      }
      for (reference, object) in page.objects { objects.put(object, reference) }
      version = version ?? page.end.resourceVersion
      next = page.end.next
    } while next != nil || version == nil
    guard let version else { return }
    try await complete(objects, at: version, receiver)
  }

  private func readPage(after next: String?, limit: Int?) async throws -> Page {
    let watchdog = Watchdog(silence: pace.silence, total: pace.page)
    return try await watchdog.guarding {
      try await self.readPage(after: next, limit: limit, watchdog)
    }
  }

  private func readPage(
    after next: String?, limit: Int?, _ watchdog: Watchdog
  ) async throws -> Page {
    var query: [(String, String)] = []
    if let limit { query.append(("limit", String(limit))) }
    if let next { query.append(("continue", next)) }
    var objects: [(ObjectReference, Object)] = []
    var splitter = ListSplitter(limit: pace.objectBytes)
    for try await part in try await client.get(resource, query) {
      watchdog.heard()
      try part.withUnsafeReadableBytes { bytes in
        try splitter.feed(bytes) { (item) throws(APIFailure) in
          let value = try parsed(item, "list of \(resource.name)")
          let object = try APIObject(value, of: resource)
          objects.append((object.reference, reading(object)))
        }
      }
    }
    try Task.checkCancellation()
    return Page(
      objects: objects, end: try ListPage(envelope: splitter.envelope, of: resource))
  }

  private struct Page: Sendable {
    let objects: [(ObjectReference, Object)]
    let end: ListPage
  }
}
