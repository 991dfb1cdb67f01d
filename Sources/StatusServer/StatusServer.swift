import Host
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers who asks how an agent is: HTTP/1.1, `GET` and `HEAD` only.
package final class StatusServer: Sendable {
  package typealias Answering = @Sendable (StatusRequest) async -> StatusAnswer?

  private let channels: [any Channel]
  /// Where it listens, with the ports that the kernel chose for 0.
  package let addresses: [ListenAddress]

  /// Listens at once.
  /// - Parameter answer: nil for a path that there is not.
  package init(_ addresses: [ListenAddress], answer: @escaping Answering) throws {
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(
            IdleStateHandler(allTimeout: .seconds(30)))
          try channel.pipeline.syncOperations.addHandler(RequestHandler(answer))
        }
      }
    var channels: [any Channel] = []
    do {
      for address in addresses {
        switch address {
        case .port(let host, let port):
          channels.append(
            try bootstrap.bind(host: host.isEmpty ? "::" : host, port: port).wait())
        case .unix(let path):
          channels.append(
            try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait())
        }
      }
    } catch {
      for channel in channels { try? channel.close().wait() }
      throw error
    }
    self.channels = channels
    self.addresses = zip(addresses, channels).map { address, channel in
      guard case .port(let host, 0) = address, let port = channel.localAddress?.port else {
        return address
      }
      return .port(host: host, port)
    }
  }

  package func close() throws { for channel in channels { try channel.close().wait() } }
}
