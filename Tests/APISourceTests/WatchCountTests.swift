import APIServer
import APISource
import Agent
import Diagnostics
import Kubernetes
import KubernetesAPI
import TestSupport
import Testing

/// When a server was last heard of.
@Suite struct WatchCountTests {
  @Test func `a watch that ends in time and begins anew is a word, though nothing changes`()
    async throws
  {
    let server = try APIServer()
    try await server.start()
    var diagnostics = Diagnostics()
    let path = try TestCertificates.shared.get().kubeconfig(port: server.port)
    let access = try #require(ClusterAccess(kubeconfig: path, &diagnostics))
    let client = try APIClient(access, userAgent: "netpolc-test/1")
    var source = try APISource(client, audit: .standard, followsPools: false)
    var intake = Intake()
    func until(_ holds: (borrowing APISource) -> Bool) async throws {
      let limit = ContinuousClock.now + .seconds(60)
      while true {
        _ = source.changes(into: &intake, at: .now)
        if holds(source) { return }
        try #require(.now < limit)
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    // A watch that ends at once counts as failed.
    try await until { $0.isSynced && server.watches == 4 }
    try await Task.sleep(for: .milliseconds(1100))
    let before = source.watches.compactMap(\.lastEvent)
    #expect(before.count == 4)
    server.disturb(.end)
    try await until { $0.watches.allSatisfy { $0.restarts[.ended] == 1 } }
    let after = source.watches.compactMap(\.lastEvent)
    for (before, after) in zip(before, after) { #expect(after >= before + 1) }
    try await client.close()
    try await server.stop()
  }
}
