import Glibc
import Host
import NetSets

/// One round of attempts: all its sockets, and the loop that waits for them.
final class LabRound {
  /// A socket that has to be there before anything is sent.
  struct Receiver: Hashable {
    let transport: Transport
    let at: LabReceiver
  }

  /// What a socket in the poll loop is for.
  private enum Purpose {
    case connection(token: UInt32)
    case datagrams(LabReceiver)
    case initiations(IPAddress)
    case replies
  }

  private struct RawKey: Hashable {
    let address: IPAddress
    let ipProtocol: IPProtocol
  }

  private var sockets: [LabSocket] = []
  private var purposes: [Purpose] = []
  private var polled: [pollfd] = []
  private var rawSockets: [RawKey: LabSocket] = [:]
  private var listeners: [LabSocket] = []
  /// Packets that can be sent again, by token.
  private var packets: [UInt32: () throws -> Void] = [:]
  /// Tokens of attempts that have no answer yet.
  private var waiting: Set<UInt32> = []

  /// Opens a receiver; call in its namespace.
  func open(_ receiver: Receiver) throws {
    let address = receiver.at.address
    switch receiver.transport {
    case .tcp:
      let socket = try LabSocket.stream(address.family)
      socket.allowReuse()
      try socket.bind(address, receiver.at.port)
      try socket.listen()
      listeners.append(socket)
    case .udp:
      let socket = try LabSocket.datagram(address.family)
      socket.enlargeReceiveBuffer()
      try socket.bind(address, receiver.at.port)
      watch(socket, .datagrams(receiver.at), POLLIN)
    case .sctp:
      _ = try rawSocket(address, .sctp)
    }
  }

  /// Sends an attempt's first packet; call in the namespace of `member`.
  func start(
    _ attempt: LabAttempt, from source: IPAddress, of member: LabMember, token: UInt32
  ) throws {
    waiting.insert(token)
    let target = attempt.to
    switch attempt.probe {
    case .transport(.tcp, let port):
      let socket = try LabSocket.stream(target.family)
      try socket.bindFreshPort(source, of: member)
      switch try socket.connect(target, port) {
      case .refused: waiting.remove(token)
      case .established, .pending: watch(socket, .connection(token: token), POLLOUT)
      }
    case .transport(.udp, let port):
      let socket = try LabSocket.datagram(target.family)
      try socket.bindFreshPort(source, of: member)
      try send(LabPackets.bytes(token), to: target, port, by: socket, token: token)
    case .transport(.sctp, let port):
      let packet = LabPackets.sctpInit(
        source: member.freshPort(), destination: port, token: token)
      try send(packet, to: target, 0, by: try rawSocket(source, .sctp), token: token)
    case .echo:
      let packet = LabPackets.echoRequest(
        target.family, identifier: member.freshPort(), token: token)
      let ipProtocol: IPProtocol = target.family == .ipv4 ? .icmp : .icmpv6
      try send(packet, to: target, 0, by: try rawSocket(source, ipProtocol), token: token)
    }
  }

  /// Waits until all have arrived or the network is silent, and returns those that arrived.
  ///
  /// Silence is judged after asking the kernel, never by the clock alone: when this process was
  /// kept from running, what arrived meanwhile is seen first. A rejection by TCP reset ends an
  /// attempt at once; one by ICMP often not, for it comes while `connect` still holds the socket,
  /// and then the kernel notes it without giving up.
  /// - Parameter accepting: the attempt that a token belongs to if it may arrive there.
  func finish(accepting: Acceptance) throws -> Set<Int> {
    var arrived: Set<Int> = []
    let start = ContinuousClock.now
    var lastArrival = start
    var sentAgain = false
    while !waiting.isEmpty {
      let count = poll(&polled, nfds_t(polled.count), 20)
      guard count >= 0 || errno == EINTR else { throw SystemFailure("poll") }
      let now = ContinuousClock.now
      if count > 0 {
        if try collect(into: &arrived, accepting) { lastArrival = now }
      } else if count == 0, now - start >= LabRound.shortest, now - lastArrival >= LabRound.silence
      {
        break
      }
      if now - start >= LabRound.longest { break }
      if !sentAgain, now - start >= LabRound.repetition {
        sentAgain = true
        for token in waiting { try packets[token]?() }
      }
    }
    return arrived
  }

  typealias Acceptance = (_ token: UInt32, _ by: Transport?, _ at: LabReceiver?) -> Int?

  private static let shortest = Duration.milliseconds(300)
  private static let silence = Duration.milliseconds(250)
  private static let longest = Duration.seconds(3)
  private static let repetition = Duration.milliseconds(120)

  /// Reads every socket that has something to say; whether anything new came.
  private func collect(into arrived: inout Set<Int>, _ accepting: Acceptance) throws -> Bool {
    var news = false
    var buffer = [UInt8](repeating: 0, count: 2048)
    func note(_ token: UInt32, _ transport: Transport?, _ receiver: LabReceiver?) {
      guard let index = accepting(token, transport, receiver) else { return }
      waiting.remove(token)
      if arrived.insert(index).inserted { news = true }
    }
    for slot in polled.indices where polled[slot].revents != 0 {
      let socket = sockets[slot]
      switch purposes[slot] {
      case .connection(let token):
        polled[slot].fd = -1  // poll passes over it from now on
        waiting.remove(token)
        news = true  // also when refused: the network is not silent
        if try socket.connectionOutcome() == .established { note(token, .tcp, nil) }
      case .datagrams(let receiver):
        while let packet = socket.receive(&buffer) {
          if packet.count == 4 { note(LabPackets.word(packet, at: 0), .udp, receiver) }
        }
      case .initiations(let address):
        while let packet = socket.receive(&buffer) {
          let payload = LabPackets.payload(socket.family, packet)
          guard let read = LabPackets.readSctpInit(payload) else { continue }
          note(read.token, .sctp, LabReceiver(address, read.port))
        }
      case .replies:
        while let packet = socket.receive(&buffer) {
          let payload = LabPackets.payload(socket.family, packet)
          if let token = LabPackets.readEchoReply(socket.family, payload) { note(token, nil, nil) }
        }
      }
    }
    return news
  }

  /// The raw socket at an address, which sends and receives; call in its namespace.
  private func rawSocket(_ address: IPAddress, _ ipProtocol: IPProtocol) throws -> LabSocket {
    let key = RawKey(address: address, ipProtocol: ipProtocol)
    if let socket = rawSockets[key] { return socket }
    let socket = try LabSocket.raw(address.family, ipProtocol)
    socket.enlargeReceiveBuffer()
    try socket.bind(address, 0)
    rawSockets[key] = socket
    watch(socket, ipProtocol == .sctp ? .initiations(address) : .replies, POLLIN)
    return socket
  }

  private func send(
    _ packet: [UInt8], to target: IPAddress, _ port: UInt16, by socket: LabSocket, token: UInt32
  ) throws {
    packets[token] = { try socket.send(packet, to: target, port) }
    try socket.send(packet, to: target, port)
  }

  private func watch(_ socket: LabSocket, _ purpose: Purpose, _ events: Int32) {
    sockets.append(socket)
    purposes.append(purpose)
    polled.append(
      pollfd(fd: socket.descriptor.number, events: Int16(events), revents: 0))
  }
}
