import Diagnostics
import Host

extension ClusterAccess {
  /// Access as Kubernetes gives it to every pod: by the environment, and by files of the pod's
  /// service account. What is missing goes to `diagnostics`.
  /// - Parameters:
  ///   - environment: the values of variables.
  ///   - root: put before the paths of files; empty but in tests.
  package init?(
    inClusterWith environment: (String) -> String?, root: String = "",
    _ diagnostics: inout Diagnostics
  ) {
    func fail(_ message: String, hint: String? = nil) {
      diagnostics.error(.clusterAccess, message, at: nil, hint: hint)
    }
    guard let host = environment("KUBERNETES_SERVICE_HOST"), !host.isEmpty,
      let portText = environment("KUBERNETES_SERVICE_PORT"), !portText.isEmpty
    else {
      fail(
        "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set",
        hint: "outside of a pod, name a kubeconfig")
      return nil
    }
    guard let port = UInt16(portText), port > 0 else {
      fail("KUBERNETES_SERVICE_PORT is \(quoted(portText)), expected 1 to 65535")
      return nil
    }
    // Kubernetes sets a bare address; some set it with the brackets of IPv6.
    let bare = host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
    let account = root + "/var/run/secrets/kubernetes.io/serviceaccount"
    let access = ClusterAccess(
      server: ServerAddress(host: bare, port: Int(port)),
      namespace: InCluster.namespace(in: account), origin: "the service account",
      trust: .authority(.file("\(account)/ca.crt")), serverName: nil, clientCertificate: nil,
      token: .file("\(account)/token"))
    do throws(CredentialFailure) {
      _ = try CredentialMaterial(access)
    } catch {
      fail(
        error.message,
        hint: "does the pod have `automountServiceAccountToken: false`?")
      return nil
    }
    self = access
  }
}

private enum InCluster {
  static func namespace(in account: String) -> String {
    guard let bytes = try? readFile("\(account)/namespace") else { return "default" }
    let name = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    return name.isEmpty ? "default" : name
  }
}
