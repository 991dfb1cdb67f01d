import APIServer
import Diagnostics
import KubernetesAPI
import TestSupport
import Testing

/// Access to `server`, which must listen or is started on a port that is then known: by a kubeconfig,
/// as users have it.
func reach(
  _ server: APIServer, authority: String = "ca", user: String = "{}", cluster: String = "",
  host: String = "127.0.0.1", allowingInsecure: Bool = false
) throws -> ClusterAccess {
  let certificates = try TestCertificates.shared.get()
  let trust = authority.isEmpty ? "" : "certificate-authority: \(certificates.path(authority)).crt"
  let scratch = try Scratch([
    "config": """
    current-context: test
    contexts:
    - name: test
      context: {cluster: test, user: test}
    clusters:
    - name: test
      cluster:
        server: https://\(host):\(server.port)
        \(trust)
        \(cluster)
    users:
    - name: test
      user: \(user)
    """
  ])
  var diagnostics = Diagnostics()
  let access = ClusterAccess(
    kubeconfig: "\(scratch.path)/config", allowingInsecure: allowingInsecure, &diagnostics)
  return try #require(access, "\(diagnostics.all.map(\.headline))")
}
