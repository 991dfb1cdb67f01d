import APIServer
import KubernetesAPI
import Testing

@Suite struct RefusalTests {
  private static let optional = APIResource(
    version: "v1", plural: "pods", kind: "Pod", isNamespaced: true, necessity: .optional)

  @Test func `a needed resource that is forbidden is said, with the server's words`() async throws {
    let server = try server("a") { $0.forbidden = ["pods"] }
    try await server.start()
    try await Following(of: server).whileFollowing { following in
      try await following.until("it is said") { !following.troubles.isEmpty }
      let trouble = try #require(following.troubles.first)
      #expect(trouble.isRefusal)
      #expect(
        trouble.failure.description
          == "the server answered 403 Forbidden: pods is forbidden: "
          + "User \"test\" cannot list resource \"pods\"")
      server.settings.forbidden = []
      try await following.untilEqual()
    }
  }

  @Test(arguments: [403, 404])
  func `an optional resource that is refused is empty, which is said once`(
    _ code: Int
  ) async throws {
    let server = try server("a") {
      if code == 403 { $0.forbidden = ["pods"] } else { $0.missing = ["pods"] }
    }
    try await server.start()
    try await Following(Self.optional, of: server).whileFollowing { following in
      try await following.until("it is asked again and again") { server.requests.count > 3 }
      #expect(following.summary == ["trouble status-\(code)", "listed"])
      #expect(following.pauses.first == .seconds(300))
      server.settings.forbidden = []
      server.settings.missing = []
      try await following.untilEqual()
      #expect(
        following.summary == ["trouble status-\(code)", "listed", "listed a", "watching"])
    }
  }

  @Test func `what is known of an optional resource stays when it becomes forbidden`() async throws
  {
    let server = try server("a")
    try await server.start()
    try await Following(Self.optional, of: server).whileFollowing { following in
      try await following.untilWatching()
      server.settings.forbidden = ["pods"]
      server.disturb(.error(410, reason: "Expired"))
      try await following.until("it is said") { following.summary.contains("trouble status-403") }
      #expect(following.contents == ["shop/a": "1"])
      #expect(following.pauses.allSatisfy { $0 <= .seconds(60) })
    }
  }

  @Test func `an optional resource that is removed from the server is empty`() async throws {
    let server = try server("a")
    try await server.start()
    try await Following(Self.optional, of: server).whileFollowing { following in
      try await following.untilWatching()
      server.settings.missing = ["pods"]
      server.disturb(.reset)
      try await following.until("it is empty") { following.contents.isEmpty }
      #expect(following.summary.suffix(2) == ["trouble status-404", "listed"])
    }
  }

  @Test func `a server that does not know us is no missing resource`() async throws {
    let server = try server("a") { $0.token = "secret" }
    try await server.start()
    try await Following(Self.optional, of: server).whileFollowing { following in
      try await following.until("it is said") { !following.troubles.isEmpty }
      #expect(following.troubles.first?.isRefusal == true)
      #expect(!following.summary.contains("listed"))
    }
  }
}
