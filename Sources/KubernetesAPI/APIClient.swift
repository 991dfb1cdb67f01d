import AsyncHTTPClient
import Diagnostics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Asks one cluster's API server. Connections are kept; close it when done.
package final class APIClient: Sendable {
  /// How long a connection may take to be there, TLS included.
  package static let connectLimit = Duration.seconds(10)

  package let access: ClusterAccess
  private let userAgent: String
  private let credentials: Credentials
  private let client: HTTPClient

  /// - Parameters:
  ///   - userAgent: who we are, for the server's log: `netpolc-agent/1.0`.
  ///   - connectLimit: how long a connection may take to be there, TLS included.
  ///   - rereading: how long files of tokens and certificates are taken to be as they were.
  package init(
    _ access: ClusterAccess, userAgent: String, connectLimit: Duration = APIClient.connectLimit,
    rereading: Duration = .seconds(60)
  ) throws(APIFailure) {
    self.access = access
    self.userAgent = userAgent
    credentials = try Credentials(access, lifetime: rereading)
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: .nanoseconds(Int64(connectLimit / .nanoseconds(1)))),
      decompression: .disabled)
    // A watch is a connection of its own, so that one that hangs holds up no other.
    configuration.httpVersion = .http1Only
    // A follower waits in its own way, and says why.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    configuration.http1_1ConnectionDebugInitializer = keepAlive
    if let name = access.serverName {
      configuration.dnsOverride = [name: access.server.host]
    }
    client = HTTPClient(
      eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
      configuration: configuration)
  }

  package func close() async throws { try await client.shutdown() }

  /// The same for a thread that runs no task; connections end at once.
  package func closeNow() throws { try client.syncShutdown() }

  /// What is sent beside its address.
  private struct Body {
    let method: HTTPMethod
    let contentType: String
    let object: JSON
  }

  /// As long as a write may take.
  private static let writeLimit = TimeAmount.seconds(10)

  /// The body of an answer to who asks for objects.
  /// - Throws: `APIFailure`, or `CancellationError`.
  func get(
    _ resource: APIResource, _ query: [(String, String)]
  ) async throws -> HTTPClientResponse.Body {
    let fields = query + (resource.fieldSelector.map { [("fieldSelector", $0)] } ?? [])
    let text = fields.map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
    return try await answer("\(resource.path)?\(text)", nil, .distantFuture)
  }

  /// Has the server keep a new object.
  package func create(
    _ object: JSON, of resource: APIResource, in namespace: String
  ) async throws(APIFailure) {
    try await write(
      resource.path(in: namespace),
      Body(method: .POST, contentType: "application/json", object: object))
  }

  /// Has the server replace some members of an object (RFC 7396).
  package func merge(
    _ members: JSON, into name: String, of resource: APIResource, in namespace: String
  ) async throws(APIFailure) {
    try await write(
      "\(resource.path(in: namespace))/\(percentEncoded(name))",
      Body(method: .PATCH, contentType: "application/merge-patch+json", object: members))
  }

  private func write(_ path: String, _ body: Body) async throws(APIFailure) {
    let answer = try await answer(path, body, .now() + Self.writeLimit)
    do {
      // To its end, or the connection could not be used again.
      for try await _ in answer {}
    } catch {
      throw APIFailure(error, server: access.server)
    }
  }

  private func answer(
    _ path: String, _ body: Body?, _ deadline: NIODeadline
  ) async throws(APIFailure) -> HTTPClientResponse.Body {
    let sent = credentials.current
    do throws(APIFailure) {
      return try await answer(path, body, deadline, with: sent)
    } catch {
      guard case .refused(let status, _) = error, status.code == 401,
        credentials.haveChanged(since: sent)
      else { throw error }
    }
    return try await answer(path, body, deadline, with: credentials.current)
  }

  private func answer(
    _ path: String, _ body: Body?, _ deadline: NIODeadline, with material: CredentialMaterial
  ) async throws(APIFailure) -> HTTPClientResponse.Body {
    let server = access.server
    let address = ServerAddress(
      host: access.serverName ?? server.host, port: server.port, path: server.path)
    var request = HTTPClientRequest(url: "\(address)\(path)")
    request.tlsConfiguration = material.tls
    request.headers.add(name: "Host", value: server.authority)
    request.headers.add(name: "Accept", value: "application/json")
    request.headers.add(name: "User-Agent", value: userAgent)
    if let token = material.token {
      request.headers.add(name: "Authorization", value: "Bearer \(token)")
    }
    if let body {
      request.method = body.method
      request.headers.add(name: "Content-Type", value: body.contentType)
      request.body = .bytes(ByteBuffer(string: body.object.line))
    }
    do {
      let response = try await client.execute(request, deadline: deadline)
      if [.ok, .created].contains(response.status) { return response.body }
      throw try await refusal(response)
    } catch {
      throw APIFailure(error, server: server)
    }
  }

  private func refusal(_ response: HTTPClientResponse) async throws -> APIFailure {
    var body: [UInt8] = []
    for try await part in response.body {
      body += part.readableBytesView
      if body.count > 1 << 16 { break }
    }
    let seconds = response.headers.first(name: "Retry-After").flatMap { UInt32($0) }
    return .refused(
      APIStatus(code: Int(response.status.code), body: body),
      retryAfter: seconds.map { .seconds(Int64($0)) })
  }
}

/// Has the kernel ask whether the other end is there when nothing comes for 30 s, and give up after
/// as long again.
private func keepAlive(_ channel: any Channel) -> EventLoopFuture<Void> {
  let options: [(ChannelOptions.Types.SocketOption, SocketOptionValue)] = [
    (.socketOption(.so_keepalive), 1),
    (.tcpOption(.keepIdle), 30),
    (.tcpOption(.keepInterval), 10),
    (.tcpOption(.keepCount), 3),
  ]
  return .andAllSucceed(
    options.map { channel.setOption($0.0, value: $0.1) }, on: channel.eventLoop)
}

/// `linux/tcp.h`.
extension NIOBSDSocket.Option {
  fileprivate static let keepIdle = NIOBSDSocket.Option(rawValue: 4)
  fileprivate static let keepInterval = NIOBSDSocket.Option(rawValue: 5)
  fileprivate static let keepCount = NIOBSDSocket.Option(rawValue: 6)
}

/// RFC 3986 §2.1: all but unreserved characters.
private func percentEncoded(_ text: String) -> String {
  var result = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      result.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
  }
  return result
}
