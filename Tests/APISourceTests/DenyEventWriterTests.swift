import APIServer
import APISource
import Denials
import Diagnostics
import KubernetesAPI
import Manifests
import Synchronization
import TestSupport
import Testing

/// Events of denied packets, as a server gets them.
@Suite struct DenyEventWriterTests {
  /// A writer, and what it said and waited for.
  private final class Writing: Sendable {
    let server: APIServer
    private let client: APIClient
    private let writer: DenyEventWriter
    private let packets: Mutex<DeniedPackets>
    private let heard: Heard

    final class Heard: Sendable {
      let warnings = Mutex<[String]>([])
      let pauses = Mutex<[Duration]>([])
    }

    init(_ server: APIServer, namespace phase: String = "Active") async throws {
      server.put(
        try StoredObject(
          manifest:
            "{apiVersion: v1, kind: Namespace, metadata: {name: shop}, status: {phase: \(phase)}}"))
      try await server.start()
      self.server = server
      var diagnostics = Diagnostics()
      let path = try TestCertificates.shared.get().kubeconfig(port: server.port)
      let access = try #require(ClusterAccess(kubeconfig: path, &diagnostics))
      client = try APIClient(access, userAgent: "netpolc-test/1")
      let heard = Heard()
      self.heard = heard
      var pace = Pace()
      pace.random = { 0.5 }
      pace.pause = { wait in
        heard.pauses.withLock { $0.append(wait) }
        try? await Task.sleep(for: wait / 1000)
      }
      writer = DenyEventWriter(
        client, node: "n1", events: DenyEvents(shortest: .milliseconds(20)), pace: pace,
        warn: { warning in heard.warnings.withLock { $0.append(warning) } })
      packets = Mutex(try DeniedPackets())
    }

    var warnings: [String] { heard.warnings.withLock { $0 } }
    var pauses: [Duration] { heard.pauses.withLock { $0 } }
    var counts: DenyEvents.Counts { writer.counts }

    func deny(port: UInt16 = 80, uid: String? = "u1") throws {
      try packets.withLock { packets in
        writer.add(try packets.tcp(port: port)) { pod in pod.name == "web" ? uid : nil }
      }
    }

    func until(
      _ what: String, _ location: Testing.SourceLocation = #_sourceLocation,
      _ holds: () throws -> Bool
    ) async throws {
      let limit = ContinuousClock.now + .seconds(60)
      while try !holds() {
        guard .now < limit else {
          Issue.record("not so in time: \(what); said \(warnings)", sourceLocation: location)
          return
        }
        try await Task.sleep(for: .milliseconds(1))
      }
    }

    /// Ends it, and says the Events that the server has.
    func end() async throws -> [ManifestValue] {
      try await client.close()
      try await server.stop()
      return try server.events.all
    }
  }

  @Test func `a denied packet is an Event, and another like it raises its count`() async throws {
    let writing = try await Writing(APIServer())
    try writing.deny()
    try await writing.until("it is there") { writing.counts.created == 1 }
    try writing.deny()
    try await writing.until("it is two") { writing.counts.updated == 1 }
    let events = try await writing.end()
    #expect(events.map { $0["series"]?["count"]?.integer } == [2])
    #expect(events.first?["regarding"]?["uid"]?.text == "u1")
    #expect(writing.warnings.isEmpty)
  }

  @Test func `a pod whose uid is not known has none`() async throws {
    let writing = try await Writing(APIServer())
    try writing.deny(port: 81, uid: nil)
    try writing.deny()
    try await writing.until("the other is there") { writing.counts.created == 1 }
    #expect(writing.counts.suppressed == 1)
    _ = try await writing.end()
  }

  @Test func `without the right to write them that is said once, and later tried again`()
    async throws
  {
    let server = try APIServer()
    server.settings.forbidden = ["events"]
    let writing = try await Writing(server)
    try writing.deny()
    try await writing.until("it was tried twice") { writing.counts.failed == 2 }
    #expect(writing.pauses.allSatisfy { $0 == .seconds(300) })
    #expect(writing.warnings.count == 1)
    #expect(writing.warnings.first?.contains("403 Forbidden") == true)
    #expect(writing.warnings.first?.contains("deploy/kustomize/deny-events") == true)
    server.settings.forbidden = []
    try await writing.until("it is there") { writing.counts.created == 1 }
    #expect(try await writing.end().count == 1)
  }

  @Test func `a namespace that is being deleted takes none, which is no lack of rights`()
    async throws
  {
    let writing = try await Writing(APIServer(), namespace: "Terminating")
    try writing.deny()
    try await writing.until("it was tried") { writing.counts.failed == 1 }
    try writing.deny(port: 81)
    try await writing.until("the next was tried") { writing.counts.failed == 2 }
    #expect(writing.warnings.isEmpty)
    #expect(writing.pauses.isEmpty)
    #expect(try await writing.end().isEmpty)
  }

  @Test func `one that the server no longer keeps is made anew`() async throws {
    let writing = try await Writing(APIServer())
    try writing.deny()
    try await writing.until("it is there") { writing.counts.created == 1 }
    writing.server.events.expire()
    try writing.deny()
    try await writing.until("it is there again") { writing.counts.created == 2 }
    #expect(try await writing.end().map { $0["series"]?["count"]?.integer } == [2])
    #expect(writing.warnings.isEmpty)
  }

  @Test func `a server that has too much to do is given the time that it asks for`() async throws {
    let server = try APIServer()
    server.fail(.create, .status(429, reason: "TooManyRequests", retryAfter: 7))
    let writing = try await Writing(server)
    try writing.deny()
    try await writing.until("it is there") { writing.counts.created == 1 }
    #expect(writing.counts.failed == 1)
    #expect(writing.pauses.count == 1)
    #expect(writing.pauses.allSatisfy { $0 >= .seconds(7) && $0 < .seconds(8) })
    _ = try await writing.end()
  }

  @Test func `what the server will never take is dropped, and why is said once`() async throws {
    let server = try APIServer()
    for _ in 0..<2 { server.fail(.create, .status(422, reason: "Invalid")) }
    let writing = try await Writing(server)
    for port in [80, 81, 82] as [UInt16] { try writing.deny(port: port) }
    try await writing.until("the last is there") { writing.counts.created == 1 }
    #expect(writing.counts.failed == 2)
    #expect(writing.warnings.count == 1)
    #expect(writing.warnings.first?.contains("422 Invalid") == true)
    #expect(try await writing.end().count == 1)
  }

  @Test func `while the server is away nothing waits for it, and afterwards it is told`()
    async throws
  {
    let writing = try await Writing(APIServer())
    try await writing.server.stop()
    try writing.deny()
    try writing.deny()
    try await writing.until("it was tried") { writing.counts.failed >= 1 }
    try await writing.server.start()
    try await writing.until("it is there") { writing.counts.created == 1 }
    #expect(try await writing.end().map { $0["series"]?["count"]?.integer } == [2])
    #expect(writing.warnings.count == 1)
  }
}
