import APIServer
import KubernetesAPI
import Testing

@Suite struct WatchTests {
  @Test func `a watch that ends in time goes on from the last version`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      server.put(pod("b"))
      try await following.untilEqual()
      server.disturb(.end)
      try await following.until("a second watch is open") {
        server.watches == 1 && following.requests(.watch).count == 1
      }
      server.put(pod("c"))
      try await following.untilEqual()
      #expect(following.requests(.watch).map { $0.query["resourceVersion"] } == ["1002"])
      #expect(
        following.summary
          == ["listed a", "watching", "put b", "watch ended", "watching", "put c"])
      #expect(following.pauses.isEmpty)
    }
  }

  @Test func `bookmarks keep the version from growing old`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      server.skipVersions(500)
      server.disturb(.bookmark)
      try await following.until("the bookmark came") { following.summary.last == "bookmark" }
      server.compact()
      server.disturb(.reset)
      server.put(pod("b"))
      try await following.untilEqual()
      #expect(following.requests(.watch).map { $0.query["resourceVersion"] } == ["1501"])
      #expect(following.summary.count { $0.hasPrefix("listed") } == 1)
    }
  }

  @Test func `a version that is no longer kept makes a new list`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      try await server.stop()
      server.put(pod("b"))
      server.remove(key("a"))
      server.compact()
      try await server.start()
      try await following.untilEqual()
      #expect(following.summary.contains("trouble expired"))
      #expect(following.contents == ["shop/b": "1"])
      #expect(following.troubles.last?.next == .list)
    }
  }

  @Test(arguments: [(410, "Expired"), (410, "Gone"), (500, "InternalError")])
  func `an error in a watch makes a new list`(_ code: Int, _ reason: String) async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      server.disturb(.error(code, reason: reason))
      try await following.until("it is listed again") {
        following.summary.count { $0 == "listed a" } == 2
      }
      let trouble = try #require(following.troubles.first)
      #expect(trouble.failure.label == (code == 410 ? "expired" : "status-500"))
      #expect(trouble.next == .list)
      #expect(trouble.description.contains("\(code) \(reason)"))
    }
  }

  @Test(arguments: [WatchAction.reset, .truncate])
  func `half of an event is no event`(_ action: WatchAction) async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      server.put(pod("b"))
      try await following.untilEqual()
      server.disturb(action)
      try await following.until("a second watch is open") {
        following.summary.count { $0 == "watching" } == 2
      }
      #expect(
        following.summary
          == ["listed a", "watching", "put b", "trouble connection", "watching"])
      #expect(following.requests(.watch).map { $0.query["resourceVersion"] } == ["1002"])
      #expect(following.troubles.map(\.next) == [.watch])
    }
  }

  @Test(arguments: [
    "hello\n", "{\"type\":\"ADDED\"\n", "[]\n", "{\"type\":\"GREETING\",\"object\":{}}\n",
    "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"2000\"}}}\n",
    "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Secret\"}}\n",
    "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"namespace\":\"a\",\"name\":\"a\"}}}\n",
    "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{}}}\n", "\u{0}\n",
  ])
  func `what is no event ends the watch, and changes nothing`(_ text: String) async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      server.disturb(.raw(text))
      try await following.until("a second watch is open") {
        following.requests(.watch).count == 1 && server.watches == 1
      }
      #expect(following.summary.prefix(3) == ["listed a", "watching", "trouble malformed"])
      #expect(following.contents == ["shop/a": "1"])
    }
  }

  @Test func `a line that is too long is not kept`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server) { $0.objectBytes = 1000 }.whileFollowing { following in
      try await following.untilWatching()
      server.disturb(.raw(String(repeating: "x", count: 1001)))
      try await following.until("a second watch is open") {
        following.requests(.watch).count == 1
      }
      #expect(following.troubles.first?.failure.label == "malformed")
      #expect(following.troubles.first?.description.contains("more than 1000 bytes") == true)
    }
  }

  @Test func `a watch that outlives its time is ended`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server) {
      $0.watch = .zero
      $0.watchGrace = .milliseconds(300)
    }.whileFollowing { following in
      try await following.untilWatching()
      server.disturb(.silence)
      try await following.until("a second watch is open") {
        !following.requests(.watch).isEmpty
      }
      server.put(pod("b"))
      try await following.untilEqual()
      #expect(following.troubles.first?.failure.label == "silence")
    }
  }

  @Test func `a watch that ends at once counts as failed`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(of: server) { $0.shortWatch = .seconds(3600) }.whileFollowing {
      following in
      try await following.untilWatching()
      server.disturb(.end)
      try await following.until("a second watch is open") {
        server.watches == 1 && following.requests(.watch).count == 1
      }
      server.disturb(.end)
      try await following.until("it is said") { !following.troubles.isEmpty }
      #expect(following.troubles.first?.failure == .shortWatch)
      #expect(following.troubles.first?.next == .watch)
    }
  }

  @Test func `a server with an older history is listed again`() async throws {
    let server = try server("a", "b")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      try await server.stop()
      server.restore(version: 10, objects: [pod("a", "old"), pod("c", "old")])
      try await server.start()
      try await following.until("it watches again") { following.requests(.watch).count == 1 }
      try await following.until("the watch is open") { server.watches == 1 }
      server.disturb(.bookmark)
      try await following.untilEqual()
      #expect(following.summary.contains("trouble older-history"))
      #expect(following.contents == ["shop/a": "old", "shop/c": "old"])
    }
  }

  @Test func `a server that has not reached our version is listed again`() async throws {
    let server = try server("a", "b") { $0.refusesFuture = true }
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      try await server.stop()
      server.restore(version: 10, objects: [pod("a", "old")])
      try await server.start()
      try await following.untilEqual()
      #expect(following.summary.contains("trouble expired"))
    }
  }

  @Test func `a receiver that is busy holds the watch up`() async throws {
    let server = try server("a")
    try await server.start()
    let client = try APIClient(try reach(server), userAgent: "netpolc-test/1")
    let gate = Gate()
    let follower = ResourceFollower(.pods, of: client) { $0 }
    await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await follower.run { event in
          await gate.pass(event.summary)
        }
      }
      await gate.open(1)
      await gate.waitUntilBlocked()
      for index in 0..<100 { server.put(pod("p\(index)")) }
      #expect(await gate.passed == ["listed a"])
      await gate.open(101)
      await gate.waitUntilPassed(102)
      #expect(await gate.passed.suffix(2) == ["put p98", "put p99"])
      group.cancelAll()
    }
    try await client.close()
    try await server.stop()
  }
}

/// Lets a number of events through.
private actor Gate {
  private(set) var passed: [String] = []
  private var permits = 0
  private var isBlocked = false

  func open(_ count: Int) { permits += count }

  func pass(_ event: String) async {
    while permits == 0, !Task.isCancelled {
      isBlocked = true
      try? await Task.sleep(for: .milliseconds(1))
    }
    isBlocked = false
    permits -= 1
    passed.append(event)
  }

  func waitUntilBlocked() async {
    while !isBlocked || passed.isEmpty { try? await Task.sleep(for: .milliseconds(1)) }
  }

  func waitUntilPassed(_ count: Int) async {
    while passed.count < count { try? await Task.sleep(for: .milliseconds(1)) }
  }
}
