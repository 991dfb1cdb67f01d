import APIServer
import Diagnostics
import KubernetesAPI
import Manifests
import Testing

@Suite struct ListTests {
  @Test func `objects are listed, and then their changes follow`() async throws {
    let server = try server("web-0", "web-1")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      server.put(pod("web-2"))
      server.put(pod("web-0", "2"))
      server.remove(key("web-1"))
      try await following.untilEqual()
      #expect(
        following.summary == [
          "listed web-0 web-1", "watching", "put web-2", "put web-0", "removed web-1",
        ])
      #expect(following.contents == ["shop/web-0": "2", "shop/web-2": "1"])
    }
  }

  @Test func `a server that streams lists is asked once`() async throws {
    let server = try server("web-0")
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      let request = try #require(server.requests.first)
      #expect(server.requests.count == 1)
      #expect(request.query["watch"] == "true")
      #expect(request.query["sendInitialEvents"] == "true")
      #expect(request.query["resourceVersionMatch"] == "NotOlderThan")
      #expect(request.query["allowWatchBookmarks"] == "true")
      #expect(request.query["resourceVersion"] == nil)
      // Half between five minutes and ten.
      #expect(request.query["timeoutSeconds"] == "450")
    }
  }

  @Test func `a server that refuses to stream lists is asked for pages`() async throws {
    let server = try server("a", "b", "c", "d", "e") { $0.streamingLists = .refused }
    try await server.start()
    try await Following(of: server) { $0.pageSize = 2 }.whileFollowing { following in
      try await following.untilWatching()
      #expect(following.summary == ["listed a b c d e", "watching"])
      let lists = following.requests(.list)
      #expect(lists.map { $0.query["limit"] } == ["2", "2", "2"])
      // Characters of the token that a URL cannot have arrive.
      #expect(lists.map { $0.query["continue"] } == [nil, "token+/1==", "token+/2=="])
      #expect(following.requests(.watch).map { $0.query["resourceVersion"] } == ["1005"])
    }
  }

  @Test func `a refused stream is not asked for again`() async throws {
    let server = try server("a") { $0.streamingLists = .refused }
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      server.put(pod("b"))
      try await following.untilEqual()
      server.disturb(.error(410, reason: "Expired"))
      try await following.until("it is listed again") { following.requests(.list).count == 2 }
      #expect(following.requests(.stream).count == 1)
    }
  }

  @Test func `a server that does not mark the end of objects is asked for a list`() async throws {
    let server = try server("a") { $0.streamingLists = .ignored }
    try await server.start()
    try await Following(of: server) { $0.endOfObjects = .milliseconds(100) }
      .whileFollowing { following in
        try await following.untilWatching()
        server.put(pod("b"))
        try await following.untilEqual()
        #expect(following.summary == ["listed a", "watching", "put b"])
      }
  }

  @Test func `a bookmark before the end of objects shows that it will not be marked`() async throws
  {
    let server = try server("a") { $0.streamingLists = .ignored }
    try await server.start()
    try await Following(of: server) { $0.endOfObjects = .seconds(3600) }
      .whileFollowing { following in
        try await following.until("the stream is open") { server.watches == 1 }
        server.disturb(.bookmark)
        try await following.untilWatching()
        #expect(following.summary == ["listed a", "watching"])
      }
  }

  @Test func `a list whose pages expire is read at once`() async throws {
    let server = try server("a", "b", "c", "d") { $0.streamingLists = .refused }
    try await server.start()
    server.fail(.list, .slow)
    try await Following(of: server) { $0.pageSize = 3 }.whileFollowing { following in
      try await following.until("the first page is asked for") {
        following.requests(.list).count == 1
      }
      server.expirePages()
      try await following.untilWatching()
      #expect(following.summary == ["listed a b c d", "watching"])
      #expect(following.requests(.list).map { $0.query["limit"] } == ["3", "3", nil])
    }
  }

  @Test func `a server that ignores the limit is understood`() async throws {
    let server = try server("a", "b", "c") {
      $0.streamingLists = .refused
      $0.ignoresLimit = true
    }
    try await server.start()
    try await Following(of: server) { $0.pageSize = 1 }.whileFollowing { following in
      try await following.untilEqual()
      #expect(following.requests(.list).count == 1)
    }
  }

  @Test func `an empty resource is a complete list`() async throws {
    for streaming in [APIServer.StreamingLists.supported, .refused] {
      let server = try server { $0.streamingLists = streaming }
      try await server.start()
      try await Following(.nodes, of: server).whileFollowing { following in
        try await following.untilWatching()
        #expect(following.summary == ["listed", "watching"])
      }
    }
  }

  @Test func `a field selector follows what it selects`() async throws {
    let server = try server("a")
    server.put(pod("b", node: "node-2"))
    try await server.start()
    let mine = APIResource(
      version: "v1", plural: "pods", kind: "Pod", isNamespaced: true,
      fieldSelector: "spec.nodeName=node-1")
    try await Following(mine, of: server).whileFollowing { following in
      try await following.untilWatching()
      server.put(pod("b", "2", node: "node-1"))
      server.put(pod("a", "2", node: "node-2"))
      try await following.until("b came and a went") { following.contents == ["shop/b": "2"] }
      #expect(following.summary == ["listed a", "watching", "put b", "removed a"])
    }
  }

  @Test func `objects know what they are and where they stand`() async throws {
    let server = try server { $0.streamingLists = .refused }
    server.put(
      StoredObject(StoredObject.Key("networkpolicies", "shop", "dns"), content: "1"))
    server.put(StoredObject(StoredObject.Key("namespaces", "", "shop"), content: "1"))
    try await server.start()
    try await Following(.networkPolicies, of: server).whileFollowing { following in
      try await following.untilWatching()
      guard case .listed(let objects) = following.events.first else {
        Issue.record("\(following.summary)")
        return
      }
      let object = try #require(objects.first)
      #expect(object.reference.description == "NetworkPolicy shop/dns")
      #expect(object.uid == "uid-dns")
      #expect(object.resourceVersion == "1001")
      #expect(object.root.location.description == "networkpolicies/shop/dns@1001:1:1")
      #expect(object.resource.apiVersion == "networking.k8s.io/v1")
    }
    try await server.start()
    try await Following(.namespaces, of: server).whileFollowing { following in
      try await following.untilWatching()
      guard case .listed(let objects) = following.events.first else { return }
      #expect(objects.map(\.root.location.file) == ["namespaces/shop@1002"])
    }
  }

  @Test func `requests say who asks, and whom`() async throws {
    let server = try server()
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.untilWatching()
      let request = try #require(server.requests.first)
      #expect(request.userAgent == "netpolc-test/1")
      #expect(request.host == "127.0.0.1:\(server.port)")
    }
  }
}
