import AsyncHTTPClient
import Host
import NIOCore
import NIOPosix
import NIOSSL

extension APIFailure {
  /// - Parameter error: of the HTTP client, which throws those of the layers below as they are.
  init(_ error: any Error, server: ServerAddress) {
    if let failure = error as? APIFailure {
      self = failure
      return
    }
    self = .connection("\(server.authority): \(words(for: error))")
  }
}

private func words(for error: any Error) -> String {
  switch error {
  case let error as HTTPClientError: words(for: error)
  case let error as NIOConnectionError:
    error.connectionErrors.first.map { words(for: $0.error) } ?? "no address is known for the name"
  case let error as IOError: SystemFailure("connection", code: error.errnoCode).reason
  case is NIOSSLExtraError: "the server's certificate is for another name (\(error))"
  case let error as NIOSSLError: words(for: error)
  default: shown("\(error)", limit: 300)
  }
}

private func words(for error: HTTPClientError) -> String {
  switch error {
  case .connectTimeout, .tlsHandshakeTimeout: "no connection with TLS in time"
  case .remoteConnectionClosed: "the server closed the connection"
  default: "\(error.shortDescription)"
  }
}

private func words(for error: NIOSSLError) -> String {
  let text = "\(error)"
  if text.contains("CERTIFICATE_VERIFY_FAILED") {
    return "the server's certificate is not from an authority that is trusted, or is not valid now"
  }
  if case .uncleanShutdown = error { return "the connection was cut off" }
  return shown(text, limit: 300)
}
