import APIServer
import Host
import TestSupport
import Testing

extension Live {
  /// `netpolc snapshot`, asked of a server over TLS; no node is needed.
  @Suite struct SnapshotTests {
    private static let policy = Policies.ingress("beta", from: [Policies.pod("alpha")])

    private func server() async throws -> APIServer {
      let server = try APIServer()
      for document in Policies.manifest([Self.policy]).split(separator: "\n---\n") {
        server.put(try StoredObject(manifest: String(document)))
      }
      server.put(
        try StoredObject(
          manifest: """
            apiVersion: v1
            kind: Pod
            metadata: {name: front, namespace: shop, annotations: {note: hidden}}
            spec:
              nodeName: n2
              containers:
              - {name: c, image: registry/hidden, env: [{name: PASSWORD, value: hidden}]}
            status: {phase: Running, podIP: 10.244.2.1}
            """))
      try await server.start()
      return server
    }

    private func snapshot(_ server: APIServer, _ arguments: String...) throws -> ProcessResult {
      let kubeconfig = try TestCertificates.shared.get().kubeconfig(port: server.port)
      return try runProcess([Program.path, "snapshot", "--kubeconfig", kubeconfig] + arguments)
    }

    @Test func `what it writes is read by other commands, and holds no secrets`() async throws {
      let server = try await server()
      let scratch = try Scratch()
      let result = try snapshot(server, "-o", "\(scratch.path)/cluster.json")
      #expect(result.status == 0, "\(result.errors)")
      let text = try scratch.text(of: "cluster.json")
      #expect(text.contains(#""name":"front""#) && !text.contains("hidden"))
      #expect(try snapshot(server).output == text)
      let answer = try runProcess([
        Program.path, "explain", "-f", "\(scratch.path)/cluster.json", "shop/front", "shop/beta",
        "80",
      ])
      #expect(answer.status == 1)
      #expect(answer.output.contains("DENIED at ingress of shop/beta"), "\(answer.output)")
      try await server.stop()
    }

    @Test func `without a server, or without the right to ask, it says why and writes nothing`()
      async throws
    {
      let server = try await server()
      let scratch = try Scratch()
      server.settings.forbidden = ["pods"]
      let refused = try snapshot(server, "-o", "\(scratch.path)/cluster.json")
      #expect(refused.status == 3)
      #expect(refused.errors.contains("pods"), "\(refused.errors)")
      try await server.stop()
      let away = try snapshot(server, "--timeout", "1", "-o", "\(scratch.path)/cluster.json")
      #expect(away.status == 3)
      #expect(away.errors.contains("refused"), "\(away.errors)")
      #expect(!exists("\(scratch.path)/cluster.json"))
    }
  }
}
