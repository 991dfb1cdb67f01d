import APIServer
import Diagnostics
import KubernetesAPI
import TestSupport
import Testing

@Suite struct InClusterTests {
  private static let folder = "var/run/secrets/kubernetes.io/serviceaccount"

  private func account(_ files: [String: String]) throws -> Scratch {
    var paths: [String: String] = [:]
    for (name, text) in files { paths["\(Self.folder)/\(name)"] = text }
    return try Scratch(paths)
  }

  private func authority() throws -> String {
    try TestCertificates.shared.get().text("ca.crt")
  }

  private func access(
    _ scratch: Scratch, _ environment: [String: String], _ diagnostics: inout Diagnostics
  ) -> ClusterAccess? {
    ClusterAccess(inClusterWith: { environment[$0] }, root: scratch.path, &diagnostics)
  }

  @Test func `a pod reaches its server as its service account`() async throws {
    let server = try server("a") { $0.token = "secret" }
    try await server.start()
    let scratch = try account(
      ["ca.crt": authority(), "token": "secret", "namespace": "kube-system\n"])
    var diagnostics = Diagnostics()
    let access = try #require(
      access(
        scratch,
        ["KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(server.port)"],
        &diagnostics))
    #expect(access.namespace == "kube-system")
    try await Following(of: server, access: access).whileFollowing { following in
      try await following.untilEqual()
    }
  }

  @Test(arguments: ["fd00::1", "[fd00::1]"])
  func `an IPv6 host gets its brackets`(_ host: String) throws {
    let scratch = try account(["ca.crt": authority(), "token": "secret"])
    var diagnostics = Diagnostics()
    let access = access(
      scratch, ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"], &diagnostics)
    #expect(access?.server.description == "https://[fd00::1]:443")
    #expect(access?.namespace == "default")
  }

  @Test func `what is missing is said`() throws {
    let pod = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"]
    var diagnostics = Diagnostics()
    #expect(access(try account([:]), [:], &diagnostics) == nil)
    #expect(access(try account([:]), pod, &diagnostics) == nil)
    #expect(access(try account(["ca.crt": authority()]), pod, &diagnostics) == nil)
    #expect(
      access(try account([:]), pod.merging(["KUBERNETES_SERVICE_PORT": "x"]) { $1 }, &diagnostics)
        == nil)
    let messages = diagnostics.all.map(\.message)
    #expect(messages.count == 4)
    #expect(messages.first == "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
    #expect(messages[1].hasSuffix("\(Self.folder)/ca.crt: No such file or directory"))
    #expect(messages[2].hasSuffix("\(Self.folder)/token: No such file or directory"))
    #expect(messages[3] == "KUBERNETES_SERVICE_PORT is `x`, expected 1 to 65535")
  }
}
