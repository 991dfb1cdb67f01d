import CLinux
import Glibc
import Host
import NetSets

/// A non-blocking socket of either family. It belongs to the namespace in which it was made.
struct LabSocket {
  let descriptor: FileDescriptor
  let family: IPFamily

  static func stream(_ family: IPFamily) throws -> LabSocket {
    let socket = try LabSocket(family, SOCK_STREAM, 0)
    // Closing sends a reset: nothing lingers in TIME_WAIT or in conntrack.
    var abort = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      socket.descriptor.number, SOL_SOCKET, SO_LINGER, &abort,
      socklen_t(MemoryLayout<linger>.size))
    return socket
  }

  static func datagram(_ family: IPFamily) throws -> LabSocket {
    try LabSocket(family, SOCK_DGRAM, 0)
  }

  static func raw(_ family: IPFamily, _ ipProtocol: IPProtocol) throws -> LabSocket {
    try LabSocket(family, SOCK_RAW, Int32(ipProtocol.number))
  }

  private init(_ descriptor: FileDescriptor, _ family: IPFamily) {
    self.descriptor = descriptor
    self.family = family
  }

  private init(_ family: IPFamily, _ type: __socket_type, _ number: Int32) throws {
    let flags = SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    descriptor = try FileDescriptor(
      socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(type.rawValue | flags), number),
      of: "socket")
    self.family = family
  }

  /// Room for everything that can arrive before the poll loop comes round.
  func enlargeReceiveBuffer() { setOption(SO_RCVBUFFORCE, to: 8 << 20) }

  /// Waits a little for an address in use: a child that another test is just starting holds a copy
  /// of a closed socket until it runs its program.
  func bind(_ address: IPAddress, _ port: UInt16) throws {
    for attempt in 0..<200 {
      if tryBind(address, port) { return }
      guard errno == EADDRINUSE, attempt < 199 else { break }
      usleep(10_000)
    }
    throw SystemFailure("bind \(LabReceiver(address, port))")
  }

  /// Binds to the next port of `member` that nobody uses.
  @discardableResult
  func bindFreshPort(_ address: IPAddress, of member: LabMember) throws -> UInt16 {
    for _ in 0..<1000 {
      let port = member.freshPort()
      if tryBind(address, port) { return port }
      guard errno == EADDRINUSE else { break }
    }
    throw SystemFailure("bind \(address) on \(member.name)")
  }

  /// Starts to listen. Connections are established without being accepted, up to the backlog.
  func listen() throws {
    guard Glibc.listen(descriptor.number, 4096) == 0 else { throw SystemFailure("listen") }
  }

  func allowReuse() { setOption(SO_REUSEADDR, to: 1) }

  /// Starts to connect. What a firewall or a missing route does to it is no error but an answer.
  func connect(_ address: IPAddress, _ port: UInt16) throws -> Progress {
    let bytes = address.bytes
    if netpolc_connect(descriptor.number, bytes, bytes.count, port) == 0 { return .established }
    let code = errno
    if code == EINPROGRESS { return .pending }
    guard LabSocket.refusals.contains(code) else {
      throw SystemFailure("connect \(LabReceiver(address, port))", code: code)
    }
    return .refused
  }

  enum Progress {
    case pending
    case established
    case refused
  }

  /// How a connection that `poll` says has moved came out.
  func connectionOutcome() throws -> Progress {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor.number, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
      throw SystemFailure("getsockopt(SO_ERROR)")
    }
    if code == 0 { return .established }
    guard LabSocket.refusals.contains(code) else { throw SystemFailure("connect", code: code) }
    return .refused
  }

  /// Sends one packet; raw sockets want port 0. One that the sender's own firewall or routing
  /// refuses is as lost as any other, and one for which there is no room is sent again later.
  func send(_ payload: [UInt8], to address: IPAddress, _ port: UInt16) throws {
    let bytes = address.bytes
    let sent = netpolc_send_to(
      descriptor.number, bytes, bytes.count, port, payload, payload.count)
    guard sent < 0 else { return }
    let code = errno
    guard LabSocket.refusals.contains(code) || code == EAGAIN || code == ENOBUFS else {
      throw SystemFailure("send to \(address)", code: code)
    }
  }

  /// The next packet; nil when there is none. An error reported by ICMP is passed over.
  func receive(_ buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
    for _ in 0..<16 {
      let count = recv(descriptor.number, &buffer, buffer.count, 0)
      if count >= 0 { return buffer[..<count] }
      if errno == EAGAIN { return nil }
    }
    return nil
  }

  /// Whether `poll` says in time that something has happened.
  func waits(for events: Int32, milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: descriptor.number, events: Int16(events), revents: 0)
    return poll(&polled, 1, milliseconds) > 0
  }

  private func tryBind(_ address: IPAddress, _ port: UInt16) -> Bool {
    let bytes = address.bytes
    return netpolc_bind(descriptor.number, bytes, bytes.count, port) == 0
  }

  private func setOption(_ option: Int32, to value: Int32) {
    var value = value
    setsockopt(
      descriptor.number, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// What becomes of a packet that a firewall drops or rejects, or that has no route.
  private static let refusals: Set<Int32> = [
    EPERM, EACCES, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ENOPROTOOPT, ETIMEDOUT,
    EPROTO, EHOSTDOWN, ENONET,
  ]
}

/// A connection that is used.
extension LabSocket {
  /// The next connection that was established with a listener; nil when there is none.
  func accept() throws -> LabSocket? {
    let number = Glibc.accept(descriptor.number, nil, nil)
    if number < 0, errno == EAGAIN { return nil }
    let connection = try FileDescriptor(number, of: "accept")
    guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0, fcntl(number, F_SETFL, O_NONBLOCK) == 0 else {
      throw SystemFailure("fcntl")
    }
    return LabSocket(connection, family)
  }

  /// Who is at the other end.
  func peer() throws -> LabReceiver {
    var bytes = [UInt8](repeating: 0, count: 16)
    var port: UInt16 = 0
    let count = Int(netpolc_peer(descriptor.number, &bytes, &port))
    guard count > 0 else { throw SystemFailure("getpeername") }
    let bits = bytes.prefix(count).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return LabReceiver(IPAddress(family: count == 4 ? .ipv4 : .ipv6, bits: bits), port)
  }

  enum Writing {
    case done
    case gone
  }

  func write(_ bytes: [UInt8]) -> Writing {
    let count = Glibc.send(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    return count < 0 && errno != EAGAIN ? .gone : .done
  }

  /// What has come; empty when nothing has, or the connection is gone.
  func read() -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor.number, &buffer, buffer.count, 0)
    return Array(buffer.prefix(max(count, 0)))
  }
}
