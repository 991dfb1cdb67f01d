import CNetfilter
import Glibc
import Host

/// A socket to netfilter in the kernel (netlink(7), `NETLINK_NETFILTER`).
///
/// The kernel handles a message while it is being sent: when `send` returns, all that is ever
/// said about it is there to be received, except for the later parts of a dump.
final class NetlinkSocket {
  private let descriptor: FileDescriptor
  private let buffer: UnsafeMutableRawBufferPointer
  private var sendLimit: Int
  /// Requests are numbered in the upper half; messages of a batch from zero.
  private var lastSequence: UInt32 = 0x8000_0000

  /// Opens it in a namespace, where it stays; nil for the calling thread's.
  ///
  /// - Parameter receiveLimit: how much may wait to be received, in bytes as the kernel counts them,
  ///   before messages are lost. It is only taken when needed; by default there is room for an error
  ///   of every message.
  init(in namespace: NetworkNamespace?, receiveLimit: Int = 8 << 20) throws {
    func open() throws -> FileDescriptor {
      let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      return try FileDescriptor(
        socket(AF_NETLINK, type, NETLINK_NETFILTER), of: "open a netlink socket to netfilter")
    }
    descriptor = if let namespace { try namespace.enter(open) } else { try open() }
    // The kernel fills at most 32 KiB in a go (af_netlink.c, `netlink_recvmsg`).
    buffer = .allocate(byteCount: 1 << 16, alignment: 16)
    sendLimit = NetlinkSocket.option(descriptor, SOL_SOCKET, SO_SNDBUF)
    // Says in words why it refuses, and does not send whole messages back.
    NetlinkSocket.set(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1)
    NetlinkSocket.set(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1)
    NetlinkSocket.set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, receiveLimit)
    try takeAddress()
  }

  deinit { buffer.deallocate() }

  /// For poll(2).
  var number: Int32 { descriptor.number }

  /// By which the kernel knows the socket, among all that are open in the namespace.
  var port: UInt32 {
    var address = sockaddr_nl()
    var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor.number, $0, &length)
      }
    }
    return address.nl_pid
  }

  var nextSequence: UInt32 {
    lastSequence = lastSequence == .max ? 0x8000_0000 : lastSequence + 1
    return lastSequence
  }

  /// Sends one datagram. A batch must be one, so the socket's limit is raised to its size.
  func send(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) {
    if bytes.count > sendLimit - NetlinkSocket.sendOverhead { raiseSendLimit(to: bytes.count) }
    while Glibc.send(descriptor.number, bytes.baseAddress, bytes.count, 0) < 0 {
      let code = errno
      if code == EINTR { continue }
      if code == EMSGSIZE {
        throw SystemFailure(
          """
          send \(bytes.count) bytes at once, with a limit of \(sendLimit) that CAP_NET_ADMIN or \
          net.core.wmem_max would raise
          """, code: code)
      }
      throw SystemFailure("send to netfilter", code: code)
    }
  }

  /// Is told what the kernel says to a multicast group.
  func join(group: Int32) throws(SystemFailure) {
    guard NetlinkSocket.set(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int(group)) else {
      throw SystemFailure("listen to netfilter's events")
    }
  }

  /// Lets the kernel throw away each datagram that does not begin with a message of that type: it
  /// neither wakes who polls nor takes room (socket(7), `SO_ATTACH_FILTER`).
  func admitOnly(type: UInt16) throws(SystemFailure) {
    // A filter reads numbers in network order; netlink writes those of the machine.
    let offset = UInt32(MemoryLayout<nlmsghdr>.offset(of: \.nlmsg_type) ?? 4)
    var program = [
      sock_filter(code: UInt16(BPF_LD | BPF_H | BPF_ABS), jt: 0, jf: 0, k: offset),
      sock_filter(
        code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: 1, k: UInt32(type.bigEndian)),
      sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max),
      sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
    ]
    let isAttached = program.withUnsafeMutableBufferPointer { program in
      var whole = sock_fprog(len: UInt16(program.count), filter: program.baseAddress)
      return setsockopt(
        descriptor.number, SOL_SOCKET, SO_ATTACH_FILTER, &whole,
        socklen_t(MemoryLayout<sock_fprog>.size)) == 0
    }
    if !isAttached { throw SystemFailure("filter netfilter's events") }
  }

  /// Whether there is something to receive in time.
  func waits(milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
    return poll(&polled, 1, milliseconds) > 0
  }

  /// Calls `body` with every message of the next datagram.
  ///
  /// - Parameter waits: whether to wait for one.
  /// - Returns: whether there was one.
  func receive(waits: Bool, _ body: (Message) -> Void) throws(SystemFailure) -> Bool {
    while true {
      // The true length, so that a message that is cut short is seen to be.
      let flags = Int32(waits ? MSG_TRUNC : MSG_TRUNC | MSG_DONTWAIT)
      let count = recv(descriptor.number, buffer.baseAddress, buffer.count, flags)
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if !waits, code == EAGAIN { return false }
        throw SystemFailure("receive from netfilter", code: code)
      }
      guard count <= buffer.count else {
        throw SystemFailure("receive from netfilter", code: EMSGSIZE)
      }
      for message in MessageSequence(UnsafeRawBufferPointer(buffer)[..<count]) { body(message) }
      return true
    }
  }

  /// Calls `body` with every message that has come, without waiting. At most so many datagrams are
  /// taken at a time that who polls gets round to its other work; what is left shows at once.
  ///
  /// - Returns: whether messages were lost since the last time, for want of room. More come after.
  func drain(_ body: (Message) -> Void) throws(SystemFailure) -> Bool {
    var hasLost = false
    for _ in 0..<256 {
      do throws(SystemFailure) {
        if try !receive(waits: false, body) { break }
      } catch {
        guard error.code == ENOBUFS else { throw error }
        hasLost = true
      }
    }
    return hasLost
  }

  /// The kernel chooses it. A socket without one would be passed over when a group is told
  /// something, as the kernel's own (af_netlink.c, `do_one_broadcast`).
  private func takeAddress() throws(SystemFailure) {
    var address = sockaddr_nl()
    address.nl_family = UInt16(AF_NETLINK)
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_nl>.size)) == 0
      }
    }
    if !isBound { throw SystemFailure("bind a netlink socket to netfilter") }
  }

  /// What the kernel needs of the limit for itself (af_netlink.c, `netlink_sendmsg`).
  private static let sendOverhead = 32

  /// The kernel doubles what is asked for, so this is ample. `SO_SNDBUFFORCE` needs CAP_NET_ADMIN
  /// of the whole machine, `SO_SNDBUF` ends at net.core.wmem_max.
  private func raiseSendLimit(to count: Int) {
    if !NetlinkSocket.set(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, count) {
      NetlinkSocket.set(descriptor, SOL_SOCKET, SO_SNDBUF, count)
    }
    sendLimit = NetlinkSocket.option(descriptor, SOL_SOCKET, SO_SNDBUF)
  }

  @discardableResult
  private static func set(
    _ descriptor: FileDescriptor, _ level: Int32, _ option: Int32, _ value: Int
  ) -> Bool {
    var value = Int32(clamping: value)
    return setsockopt(descriptor.number, level, option, &value, socklen_t(4)) == 0
  }

  private static func option(_ descriptor: FileDescriptor, _ level: Int32, _ option: Int32) -> Int {
    var value: Int32 = 0
    var length = socklen_t(4)
    getsockopt(descriptor.number, level, option, &value, &length)
    return Int(value)
  }
}
