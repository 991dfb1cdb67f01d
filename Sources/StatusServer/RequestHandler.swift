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
      write(answer(to: request), for: request, context)
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

  private func answer(to request: HTTPRequestHead) -> StatusAnswer {
    guard request.method == .GET || request.method == .HEAD else {
      return .text("only GET and HEAD\n", status: 405)
    }
    let parts = request.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = parts.count > 1 ? parts[1].split(separator: "&") : []
    let isVerbose = query.contains { $0 == "verbose" || $0.hasPrefix("verbose=") }
    return answer(String(parts[0]), isVerbose)
      ?? .text("there is no \(parts[0])\n", status: 404)
  }

  private func write(
    _ answer: StatusAnswer, for request: HTTPRequestHead, _ context: ChannelHandlerContext
  ) {
    let body = context.channel.allocator.buffer(string: answer.body)
    var head = HTTPResponseHead(
      version: request.version, status: HTTPResponseStatus(statusCode: answer.status))
    head.headers.add(name: "Content-Type", value: answer.contentType)
    head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
    if !request.isKeepAlive { head.headers.add(name: "Connection", value: "close") }
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if request.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    let isLast = !request.isKeepAlive
    let done = context.eventLoop.makePromise(of: Void.self)
    let channel = context.channel
    done.futureResult.whenComplete { _ in if isLast { channel.close(promise: nil) } }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: done)
  }
}
