import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server that does as Kubernetes' API server does, as far as lists and watches go: written from
/// the API's documentation ("Kubernetes API Concepts"), over TLS on loopback. It fails on demand.
package final class APIServer: Sendable {
  /// How it answers `sendInitialEvents`.
  package enum StreamingLists: Sendable {
    case supported
    /// 422, as with the feature off.
    case refused
    /// As before 1.27: all objects, and no mark after them.
    case ignored
  }

  package struct Settings: Sendable {
    package var streamingLists = StreamingLists.supported
    /// What clients must send; nil if anybody may ask.
    package var token: String?
    package var requiresCertificate = false
    /// Resources that it answers 403 for.
    package var forbidden: Set<String> = []
    /// Resources that it answers 404 for.
    package var missing: Set<String> = []
    /// Watches from versions that it has not reached are refused, rather than waiting for them.
    package var refusesFuture = false
    /// New connections are taken, and nothing comes of them.
    package var isDeaf = false
    /// Lists of any size are one page, as those from a cache.
    package var ignoresLimit = false
  }

  private struct State {
    var settings = Settings()
    var faults: [(verb: Verb, fault: Fault)] = []
    var requests: [Request] = []
    var watches: [Int: AsyncStream<WatchAction>.Continuation] = [:]
    var nextWatch = 0
    var listener: (any Channel)?
    var connections: [ObjectIdentifier: any Channel] = [:]
    var port = 0
  }

  package let store: Store
  package let events = EventStore()
  private let host: String
  private let tls: NIOSSLContext
  private let state = Mutex(State())
  let sent = Atomic(0)

  /// Not yet listening.
  /// - Parameters:
  ///   - certificate: the base name of one of `TestCertificates`.
  ///   - version: of its history, to begin with.
  ///   - host: an address of loopback.
  package init(
    certificate: String = "server", version: Int = 1000, host: String = "127.0.0.1"
  ) throws {
    self.host = host
    store = Store(version: version)
    let certificates = try TestCertificates.shared.get()
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(
        certificates.path("\(certificate).crt")
      ).map { .certificate($0) },
      privateKey: .privateKey(
        try NIOSSLPrivateKey(file: certificates.path("\(certificate).key"), format: .pem)))
    configuration.certificateVerification = .optionalVerification
    configuration.trustRoots = .file(certificates.path("ca.crt"))
    tls = try NIOSSLContext(configuration: configuration)
  }

  package var port: Int { state.withLock { $0.port } }

  /// Listens; again on the same port if it did before.
  package func start() async throws {
    let listener = try await listen()
    state.withLock { state in
      state.listener = listener
      state.port = listener.localAddress?.port ?? 0
    }
  }

  private func listen() async throws -> any Channel {
    let limit = ContinuousClock.now + .seconds(10)
    while true {
      let port = port == 0 ? FreePorts.next() : port
      do {
        return try await bind(port)
      } catch let error as IOError where error.errnoCode == EADDRINUSE && .now < limit {
        // A process that is just being started still has the old socket, until its `exec`.
        try await Task.sleep(for: .milliseconds(1))
      }
    }
  }

  private func bind(_ port: Int) async throws -> any Channel {
    try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.setUp(channel) }
      }
      .bind(host: host, port: port).get()
  }

  /// As when the server is killed: connections are gone, and new ones refused.
  package func stop() async throws {
    let (listener, connections) = state.withLock { state in
      defer {
        state.listener = nil
        state.connections = [:]
      }
      return (state.listener, Array(state.connections.values))
    }
    try await listener?.close()
    for connection in connections { connection.close(promise: nil) }
  }

  private func setUp(_ channel: any Channel) throws {
    let identifier = ObjectIdentifier(channel)
    let isDeaf = state.withLock { state in
      state.connections[identifier] = channel
      return state.settings.isDeaf
    }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { _ = $0.connections.removeValue(forKey: identifier) }
    }
    if isDeaf { return }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
    // That assistance reads nothing while an answer is written, and would not see clients go.
    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
    try pipeline.addHandler(RequestHandler(server: self))
  }

  // MARK: What tests do

  package var settings: Settings {
    get { state.withLock { $0.settings } }
    set { state.withLock { $0.settings = newValue } }
  }

  package var requests: [Request] { state.withLock { $0.requests } }

  /// How many watches are open.
  package var watches: Int { state.withLock { $0.watches.count } }

  /// How many changes were written to watches, and taken by the kernel.
  package var sentChanges: Int { sent.load(ordering: .relaxed) }

  package func put(_ object: StoredObject) {
    store.put(object)
    disturb(.update)
  }

  package func remove(_ key: StoredObject.Key) {
    store.remove(key)
    disturb(.update)
  }

  /// Forgets old changes, and lists that are being read.
  package func compact() { store.compact() }

  package func expirePages() { store.expirePages() }

  package func skipVersions(_ count: Int) { store.skipVersions(count) }

  package func restore(version: Int, objects: [StoredObject]) {
    store.restore(version: version, objects: objects)
  }

  /// The next request of that verb fails so.
  package func fail(_ verb: Verb, _ fault: Fault) {
    state.withLock { $0.faults.append((verb, fault)) }
  }

  /// Forgets faults that are still to come.
  package func heal() { state.withLock { $0.faults = [] } }

  /// Does something to all open watches.
  package func disturb(_ action: WatchAction) {
    for watch in state.withLock({ Array($0.watches.values) }) { watch.yield(action) }
  }

  // MARK: What requests do

  /// Keeps the request and takes its fault.
  func begin(_ request: Request) -> Fault? {
    state.withLock { state in
      state.requests.append(request)
      guard let index = state.faults.firstIndex(where: { $0.verb == request.verb }) else {
        return nil
      }
      return state.faults.remove(at: index).fault
    }
  }

  /// Opens a watch: what is to be done in it, from now on.
  func openWatch() -> (Int, AsyncStream<WatchAction>) {
    let (stream, continuation) = AsyncStream.makeStream(of: WatchAction.self)
    let number = state.withLock { state in
      state.nextWatch += 1
      state.watches[state.nextWatch] = continuation
      return state.nextWatch
    }
    return (number, stream)
  }

  func closeWatch(_ number: Int) {
    state.withLock { _ = $0.watches.removeValue(forKey: number) }
  }
}

/// Ports that the kernel gives to nobody by itself, so that one is still free when a server comes
/// back.
private enum FreePorts {
  private static let last = Mutex(20_000 + Int(getpid()) * 37 % 10_000)

  static func next() -> Int {
    last.withLock { port in
      port = port == 31_999 ? 20_000 : port + 1
      return port
    }
  }
}
