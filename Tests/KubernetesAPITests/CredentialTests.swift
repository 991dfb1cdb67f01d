import APIServer
import KubernetesAPI
import TestSupport
import Testing

@Suite struct CredentialTests {
  @Test func `a token is sent`() async throws {
    let server = try server("a") { $0.token = "secret" }
    try await server.start()
    let access = try reach(server, user: "{token: secret}")
    try await Following(of: server, access: access).whileFollowing { following in
      try await following.untilWatching()
      #expect(following.troubles.isEmpty)
    }
  }

  @Test func `a token file is read again when the server does not know us`() async throws {
    let server = try server("a") { $0.token = "first" }
    try await server.start()
    let scratch = try Scratch(["token": "first\n"])
    let access = try reach(server, user: "{tokenFile: \(scratch.path)/token}")
    try await Following(of: server, access: access).whileFollowing { following in
      try await following.untilWatching()
      server.settings.token = "second"
      try scratch.write("token", "second\n")
      server.disturb(.end)
      try await following.until("a second watch is open") {
        server.watches == 1 && following.requests(.watch).count == 2
      }
      #expect(following.troubles.isEmpty)
      #expect(server.requests.map(\.token) == ["first", "first", "second"])
    }
  }

  @Test func `a client certificate is sent`() async throws {
    let server = try server("a") { $0.requiresCertificate = true }
    try await server.start()
    let certificates = try TestCertificates.shared.get()
    let user = """
      {client-certificate: \(certificates.path("client.crt")), \
      client-key: \(certificates.path("client.key"))}
      """
    try await Following(of: server, access: try reach(server, user: user)).whileFollowing {
      following in
      try await following.untilWatching()
      #expect(following.troubles.isEmpty)
    }
  }

  @Test func `a server of another authority is not believed`() async throws {
    try await refuses(
      certificate: "server", authority: "other-ca",
      "the server's certificate is not from an authority that is trusted, or is not valid now")
  }

  @Test func `a server whose certificate is for another name is not believed`() async throws {
    try await refuses(
      certificate: "misnamed", authority: "ca", "the server's certificate is for another name")
  }

  private func refuses(certificate: String, authority: String, _ words: String) async throws {
    let server = try APIServer(certificate: certificate)
    try await server.start()
    let access = try reach(server, authority: authority)
    try await Following(of: server, access: access).whileFollowing { following in
      try await following.until("it is said") { !following.troubles.isEmpty }
      let message = try #require(following.troubles.first).failure.description
      #expect(message.contains(words), "\(message)")
      #expect(server.requests.isEmpty)
    }
  }

  @Test func `the name that a certificate must have can be given`() async throws {
    let server = try APIServer(certificate: "misnamed")
    server.put(pod("a"))
    try await server.start()
    let access = try reach(server, cluster: "tls-server-name: example.org")
    try await Following(of: server, access: access).whileFollowing { following in
      try await following.untilEqual()
      #expect(server.requests.first?.host == "127.0.0.1:\(server.port)")
    }
  }

  @Test func `anybody is believed when that is asked for twice`() async throws {
    let server = try APIServer(certificate: "misnamed")
    try await server.start()
    let access = try reach(
      server, authority: "", cluster: "insecure-skip-tls-verify: true", allowingInsecure: true)
    try await Following(of: server, access: access).whileFollowing { following in
      try await following.untilWatching()
    }
  }
}
