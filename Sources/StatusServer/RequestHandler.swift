import NIOCore
import NIOHTTP1

/// One connection.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let answer: StatusServer.Answering
  private var request: HTTPRequestHead?

  init(_ answer: @escaping StatusServer.Answering) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): request = head
    // Nothing that is sent along matters.
    case .body: break
    case .end:
      guard let request else { return }
      self.request = nil
      respond(to: request, context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Answers may take a while, but never the thread of the connection.
  private func respond(to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let answer = answer
    let channel = context.channel
    context.eventLoop.makeFutureWithTask {
      await RequestHandler.answer(to: request, by: answer)
    }.whenSuccess { answer in
      RequestHandler.write(answer, for: request, to: channel)
    }
  }

  private static func answer(
    to request: HTTPRequestHead, by answer: StatusServer.Answering
  ) async -> StatusAnswer {
    guard request.method == .GET || request.method == .HEAD else {
      return .text("only GET and HEAD\n", status: 405)
    }
    let asked = StatusRequest(uri: request.uri)
    return await answer(asked) ?? .text("there is no \(asked.path)\n", status: 404)
  }

  private static func write(
    _ answer: StatusAnswer, for request: HTTPRequestHead, to channel: any Channel
  ) {
    let body = channel.allocator.buffer(string: answer.body)
    var head = HTTPResponseHead(
      version: request.version, status: HTTPResponseStatus(statusCode: answer.status))
    head.headers.add(name: "Content-Type", value: answer.contentType)
    head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
    if !request.isKeepAlive { head.headers.add(name: "Connection", value: "close") }
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    if request.method != .HEAD {
      channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil)
    }
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      if !request.isKeepAlive { channel.close(promise: nil) }
    }
  }
}
