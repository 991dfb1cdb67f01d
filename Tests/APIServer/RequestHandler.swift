import Glibc
import NIOCore
import NIOHTTP1
import NIOSSL

/// Answers the requests of a connection, each in a task that ends with the connection.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  private let server: APIServer
  private var head: HTTPRequestHead?
  private var body = ""
  private var task: Task<Void, Never>?

  init(server: APIServer) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = ""
    case .body(let part): body += String(buffer: part)
    case .end:
      guard let head else { return }
      let certificate = try? context.pipeline.syncOperations
        .handler(type: NIOSSLServerHandler.self).peerCertificate
      let request = Request(head, body: body, hasCertificate: certificate != nil)
      let answer = Answer(channel: context.channel)
      task = Task { [server] in
        do {
          try await server.answer(request, answer)
        } catch {
          // The client has gone.
          answer.channel.close(promise: nil)
        }
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    task?.cancel()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Writes an answer.
struct Answer: Sendable {
  let channel: any Channel

  func begin(_ status: Int, _ fields: [(String, String)] = []) async throws {
    var headers = HTTPHeaders([("Content-Type", "application/json")])
    for field in fields { headers.add(name: field.0, value: field.1) }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
    try await channel.writeAndFlush(HTTPServerResponsePart.head(head)).get()
  }

  func send(_ text: String) async throws {
    let buffer = ByteBuffer(string: text)
    try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(buffer))).get()
  }

  func end() async throws {
    try await channel.writeAndFlush(HTTPServerResponsePart.end(nil)).get()
  }

  /// Closes so that the other end gets a reset.
  func reset() async throws {
    try await (channel as? any SocketOptionProvider)?
      .setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try await channel.close()
  }
}
