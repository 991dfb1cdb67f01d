import Diagnostics
import Host

extension DiagnosticCode {
  /// What says how to reach a cluster cannot be used.
  package static let clusterAccess = DiagnosticCode("cluster-access")
}

/// How to reach a cluster, and who we are there. It has been looked at: certificates and keys could
/// be read. Files are named rather than held, for they are written anew when what is in them
/// expires.
package struct ClusterAccess: Sendable {
  /// What a file holds, or what stands in its place.
  enum Material: Hashable, Sendable {
    case inline([UInt8])
    case file(String)

    func bytes() throws(SystemFailure) -> [UInt8] {
      switch self {
      case .inline(let bytes): bytes
      case .file(let path): try readFile(path)
      }
    }
  }

  struct ClientCertificate: Hashable, Sendable {
    let certificate: Material
    let key: Material
  }

  /// Who says that the server is the right one.
  enum Trust: Hashable, Sendable {
    /// Certificates in PEM.
    case authority(Material)
    /// Those that the system trusts.
    case system
    /// Anybody is believed to be the server.
    case nobody
  }

  package let server: ServerAddress
  /// The context's, or the service account's; `default` if it has none.
  package let namespace: String
  /// Where this was read: `context kind of /root/.kube/config`.
  package let origin: String
  let trust: Trust
  /// What the server's certificate must be for; nil for the address's host.
  let serverName: String?
  let clientCertificate: ClientCertificate?
  let token: Material?
}
