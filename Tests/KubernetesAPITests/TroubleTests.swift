import APIServer
import KubernetesAPI
import Testing

@Suite struct TroubleTests {
  @Test(arguments: [429, 503])
  func `a server that asks to wait is not asked sooner`(_ code: Int) async throws {
    let server = try server("a")
    try await server.start()
    server.fail(.stream, .status(code, reason: "TooManyRequests", retryAfter: 17))
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      let wait = try #require(following.pauses.first)
      #expect(wait >= .seconds(17) && wait < .seconds(18))
      #expect(following.troubles.first?.wait == wait)
      #expect(following.troubles.first?.failure.label == "status-\(code)")
    }
  }

  @Test func `waits grow while the server fails`() async throws {
    let server = try server("a")
    try await server.start()
    for _ in 0..<8 { server.fail(.stream, .status(500, reason: "InternalError")) }
    try await Following(of: server) { $0.random = { 0 } }.whileFollowing { following in
      try await following.untilWatching()
      let milliseconds = following.pauses.map { Int($0 / .milliseconds(1)) }
      #expect(milliseconds == [800, 1600, 3200, 6400, 12800, 25600, 30000, 30000])
      #expect(
        following.troubles.first?.description
          == "pods: the server answered 500 InternalError: as the test wants it; "
          + "listing again in 0.8 s")
    }
  }

  @Test func `what expired while the server was away is listed soon after it is back`() async throws
  {
    let server = try server("a")
    try await server.start()
    try await Following(of: server) { $0.random = { 0 } }.whileFollowing { following in
      try await following.untilWatching()
      try await server.stop()
      try await following.until("it has waited long") { following.pauses.contains(.seconds(30)) }
      server.put(pod("b"))
      server.compact()
      try await server.start()
      try await following.untilEqual()
      let expired = try #require(following.troubles.last)
      #expect(expired.failure.label == "expired")
      #expect(expired.wait == .milliseconds(800))
    }
  }

  @Test func `a server of which all is always expired is asked less and less often`() async throws {
    let server = try server("a")
    try await server.start()
    for _ in 0..<4 { server.fail(.stream, .status(410, reason: "Expired")) }
    try await Following(of: server) { $0.random = { 0 } }.whileFollowing { following in
      try await following.untilWatching()
      #expect(following.pauses == [800, 1600, 3200, 6400].map { .milliseconds($0) })
    }
  }

  @Test func `why there is no connection is said in the system's words`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      try await server.stop()
      let words = "127.0.0.1:\(server.port): Connection refused"
      try await following.until("it is said") {
        following.troubles.contains { $0.failure.description == words }
      }
    }
  }

  @Test func `a wait is lengthened by chance`() async throws {
    let server = try server("a")
    try await server.start()
    server.fail(.stream, .status(500, reason: "InternalError"))
    try await Following(of: server) { $0.random = { 0.75 } }.whileFollowing { following in
      try await following.untilWatching()
      #expect(following.pauses == [.milliseconds(1400)])
    }
  }

  @Test(arguments: [Fault.reset, .truncated])
  func `half of a list is no list`(_ fault: Fault) async throws {
    let server = try server("a", "b", "c") { $0.streamingLists = .refused }
    try await server.start()
    server.fail(.list, fault)
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      let label = fault == .reset ? "connection" : "malformed"
      #expect(following.summary == ["trouble \(label)", "listed a b c", "watching"])
    }
  }

  @Test func `half of a streamed list is no list`() async throws {
    let server = try server("a", "b")
    try await server.start()
    server.fail(.stream, .status(500, reason: "InternalError"))
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      #expect(following.summary == ["trouble status-500", "listed a b", "watching"])
    }
  }

  @Test func `a list that comes in small pieces is read`() async throws {
    let server = try server("a", "b") { $0.streamingLists = .refused }
    try await server.start()
    server.fail(.list, .slow)
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      #expect(following.summary == ["listed a b", "watching"])
    }
  }

  @Test func `a list that does not come is given up`() async throws {
    let server = try server("a") { $0.streamingLists = .refused }
    try await server.start()
    server.fail(.list, .silence)
    try await Following(of: server) { $0.silence = .milliseconds(200) }.whileFollowing {
      following in
      try await following.untilWatching()
      #expect(following.troubles.first?.failure == .silence(.milliseconds(200)))
      #expect(following.summary.suffix(2) == ["listed a", "watching"])
    }
  }

  @Test func `a server that takes connections and says nothing is given up`() async throws {
    let server = try server("a") { $0.isDeaf = true }
    try await server.start()
    try await Following(of: server, connectLimit: .milliseconds(300)).whileFollowing {
      following in
      try await following.until("it is said") { !following.troubles.isEmpty }
      #expect(
        following.troubles.first?.failure.description
          == "127.0.0.1:\(server.port): no connection with TLS in time")
    }
  }

  @Test func `a server that is not there is asked until it is`() async throws {
    let server = try server("a")
    try await server.start()
    try await server.stop()
    try await Following(of: server).whileFollowing { following in
      try await following.until("it is said") { !following.troubles.isEmpty }
      #expect(following.troubles.first?.failure.description.contains("refused") == true)
      try await server.start()
      try await following.untilEqual()
    }
  }

  @Test func `a page of something in between is no list`() async throws {
    let server = try server("a") { $0.streamingLists = .refused }
    try await server.start()
    server.fail(.list, .page(200, "<html>Sign in</html>"))
    server.fail(.list, .page(200, #"{"kind":"PodList","metadata":{"resourceVersion":"1"}}"#))
    server.fail(
      .list, .page(200, #"{"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[1]}"#))
    server.fail(.list, .page(200, #"{"kind":"PodList","metadata":{},"items":[]}"#))
    server.fail(
      .list, .page(200, #"{"kind":"NodeList","metadata":{"resourceVersion":"1"},"items":[]}"#))
    server.fail(.list, .page(502, "<html>Bad gateway</html>\n"))
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      #expect(
        following.troubles.map(\.failure.label)
          == Array(repeating: "malformed", count: 5) + ["status-502"])
      #expect(
        following.troubles.last?.failure.description
          == "the server answered 502: <html>Bad gateway</html>")
      #expect(following.summary.suffix(2) == ["listed a", "watching"])
    }
  }
}
