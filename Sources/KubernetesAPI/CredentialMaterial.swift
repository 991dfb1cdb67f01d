import Host
import NIOCore
import NIOSSL

/// Why a certificate, a key or a token cannot be used.
struct CredentialFailure: Error {
  /// What it is for, as in kubeconfigs.
  enum Part: String {
    case authority = "certificate-authority"
    case certificate = "client-certificate"
    case key = "client-key"
    case token = "token"
  }

  let part: Part
  let message: String
}

/// What is sent to the server and believed of it, as read at one time.
struct CredentialMaterial: Sendable {
  /// The bytes it was made from, to see whether files have changed.
  let sources: [[UInt8]]
  let tls: TLSConfiguration
  /// For the header `Authorization: Bearer`.
  let token: String?

  init(_ access: ClusterAccess) throws(CredentialFailure) {
    var sources: [[UInt8]] = []
    var tls = TLSConfiguration.makeClientConfiguration()
    // As kube-apiserver's and client-go's least.
    tls.minimumTLSVersion = .tlsv12
    // A server that does not answer that we go must not hold up our end.
    tls.shutdownTimeout = .milliseconds(500)
    switch access.trust {
    case .system: break
    case .nobody: tls.certificateVerification = .none
    case .authority(let material):
      let bytes = try read(material, .authority)
      sources.append(bytes)
      tls.trustRoots = .certificates(try certificates(bytes, material, .authority))
    }
    if let client = access.clientCertificate {
      let certificateBytes = try read(client.certificate, .certificate)
      let keyBytes = try read(client.key, .key)
      sources += [certificateBytes, keyBytes]
      tls.certificateChain = try certificates(certificateBytes, client.certificate, .certificate)
        .map { .certificate($0) }
      do {
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: keyBytes, format: .pem))
      } catch {
        throw CredentialFailure(
          part: .key, message: "\(client.key.name)no private key in PEM, or it has a password")
      }
      do {
        // The library compares them only here.
        _ = try NIOSSLContext(configuration: tls)
      } catch {
        throw CredentialFailure(
          part: .key, message: "\(client.key.name)not the key of the client certificate")
      }
    }
    if let material = access.token {
      let bytes = try read(material, .token)
      let text = String(decoding: bytes, as: UTF8.self).trimmed
      guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw CredentialFailure(part: .token, message: "\(material.name)no token")
      }
      sources.append(bytes)
      token = text
    } else {
      token = nil
    }
    self.sources = sources
    self.tls = tls
  }
}

private func read(
  _ material: ClusterAccess.Material, _ part: CredentialFailure.Part
) throws(CredentialFailure) -> [UInt8] {
  do throws(SystemFailure) {
    return try material.bytes()
  } catch {
    throw CredentialFailure(part: part, message: error.description)
  }
}

private func certificates(
  _ bytes: [UInt8], _ material: ClusterAccess.Material, _ part: CredentialFailure.Part
) throws(CredentialFailure) -> [NIOSSLCertificate] {
  if let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty { return found }
  throw CredentialFailure(part: part, message: "\(material.name)no certificate in PEM")
}

extension ClusterAccess.Material {
  /// To begin a message with.
  fileprivate var name: String {
    switch self {
    case .inline: ""
    case .file(let path): "\(path): "
    }
  }
}
