import Glibc
import Host
import NetSets

/// One of two hosts that talk.
package enum LabSide: Sendable, CaseIterable {
  case client
  case server

  var other: LabSide { self == .client ? .server : .client }
}

/// What a stream does when one side sends.
package enum LabStreamState: Sendable {
  /// The other side receives it.
  case alive
  /// The sender is told that the connection is gone.
  case reset
  /// Nothing happens.
  case silent
}

/// A TCP connection between two hosts that stays open.
package final class LabStream {
  private let sockets: [LabSide: LabSocket]
  /// Goes on answering others.
  private var listener: LabSocket?
  package let client: LabReceiver
  private var lastByte: UInt8 = 0

  init(_ client: LabMember, to target: LabReceiver, server: LabMember, at receiver: LabReceiver)
    throws
  {
    let family = target.address.family
    guard let source = client.addresses.first(where: { $0.family == family }) else {
      throw LaboratoryFailure("\(client.name) has no address to call \(target) from")
    }
    let listener = try server.namespace.enter {
      let listener = try LabSocket.stream(family)
      listener.allowReuse()
      try listener.bind(receiver.address, receiver.port)
      try listener.listen()
      return listener
    }
    let (calling, port) = try client.namespace.enter {
      let calling = try LabSocket.stream(family)
      let port = try calling.bindFreshPort(source, of: client)
      if try calling.connect(target.address, target.port) == .refused {
        throw LaboratoryFailure("\(target) refuses \(client.name)")
      }
      return (calling, port)
    }
    self.client = LabReceiver(source, port)
    guard listener.waits(for: POLLIN, milliseconds: 2000), let answering = try listener.accept(),
      calling.waits(for: POLLOUT, milliseconds: 2000)
    else { throw LaboratoryFailure("\(client.name) does not reach \(target)") }
    sockets = [.client: calling, .server: answering]
    self.listener = listener
  }

  /// Leaves the port to others; the connection stays.
  package func stopListening() { listener = nil }

  /// Has one side send a byte, and sees what becomes of it.
  package func push(from side: LabSide, milliseconds: Int = 1500) throws -> LabStreamState {
    guard let sender = sockets[side], let receiver = sockets[side.other] else { return .silent }
    lastByte &+= 1
    if sender.write([lastByte]) == .gone { return .reset }
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < deadline {
      var polled = [
        pollfd(fd: sender.descriptor.number, events: 0, revents: 0),
        pollfd(fd: receiver.descriptor.number, events: Int16(POLLIN), revents: 0),
      ]
      poll(&polled, 2, 50)
      if Int32(polled[0].revents) & (POLLERR | POLLHUP) != 0 { return .reset }
      if polled[1].revents != 0, receiver.read().contains(lastByte) { return .alive }
    }
    return .silent
  }
}

/// Datagrams between two hosts that always use the same ports.
package final class LabDatagrams {
  private let sockets: [LabSide: LabSocket]
  private let targets: [LabSide: LabReceiver]
  package let client: LabReceiver
  private var lastToken = UInt32.random(in: 0...UInt32.max)

  init(_ client: LabMember, to target: LabReceiver, server: LabMember, at receiver: LabReceiver)
    throws
  {
    let family = target.address.family
    guard let source = client.addresses.first(where: { $0.family == family }) else {
      throw LaboratoryFailure("\(client.name) has no address to call \(target) from")
    }
    let answering = try server.namespace.enter {
      let socket = try LabSocket.datagram(family)
      try socket.bind(receiver.address, receiver.port)
      return socket
    }
    let (calling, port) = try client.namespace.enter {
      let socket = try LabSocket.datagram(family)
      return (socket, try socket.bindFreshPort(source, of: client))
    }
    self.client = LabReceiver(source, port)
    sockets = [.client: calling, .server: answering]
    targets = [.client: target, .server: LabReceiver(source, port)]
  }

  /// Sends a datagram, and says whether it arrives.
  /// - Parameter size: of the payload; what is larger than the link's packets goes in fragments.
  package func push(from side: LabSide, size: Int = 4, milliseconds: Int = 300) throws -> Bool {
    guard let sender = sockets[side], let receiver = sockets[side.other], let to = targets[side]
    else { return false }
    lastToken &+= 1
    let token = LabPackets.bytes(lastToken)
    try sender.send(
      token + [UInt8](repeating: 0, count: max(0, size - token.count)), to: to.address, to.port)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while ContinuousClock.now < deadline {
      guard receiver.waits(for: POLLIN, milliseconds: 50) else { continue }
      while let packet = receiver.receive(&buffer) {
        if packet.prefix(4).elementsEqual(token) { return packet.count == max(size, 4) }
      }
    }
    return false
  }
}

extension Laboratory {
  /// Opens a connection that stays.
  /// - Parameter receiver: where it arrives, if its destination is translated on the way.
  package func stream(
    from client: String, to target: LabReceiver, arrivingAt receiver: LabReceiver? = nil
  ) throws -> LabStream {
    let receiver = receiver ?? target
    return try LabStream(
      try member(client), to: target, server: try owner(of: receiver.address), at: receiver)
  }

  /// Opens the sockets of a flow that stays; nothing is sent yet.
  package func datagrams(
    from client: String, to target: LabReceiver, arrivingAt receiver: LabReceiver? = nil
  ) throws -> LabDatagrams {
    let receiver = receiver ?? target
    return try LabDatagrams(
      try member(client), to: target, server: try owner(of: receiver.address), at: receiver)
  }
}
