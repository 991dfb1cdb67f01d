import CLinux
import Glibc
import Host
import NetSets
import Synchronization

/// Thousands of datagrams a second from several hosts to one port of another, each of which is
/// looked for at its end. Every other one has a source port that none had before, so that it opens a
/// flow; the rest belong to one that has had no answer.
package final class LabFlood: Sendable {
  /// What became of one sender's datagrams.
  package struct Count: Sendable {
    package let from: String
    package let family: IPFamily
    package let sent: Int
    package let received: Int
  }

  fileprivate struct Source {
    let name: String
    let socket: LabSocket
    let target: LabReceiver
    var sent: UInt32 = 0
    var received: Set<UInt32> = []
  }

  fileprivate struct State {
    var sources: [Source]
    let receivers: [LabSocket]
    var port: UInt16 = 20000
  }

  private let state: Mutex<State>

  init(from senders: [LabMember], to receiver: LabMember, port: UInt16) throws {
    var sources: [Source] = []
    let receivers = try receiver.namespace.enter {
      try receiver.addresses.map { address in
        let socket = try LabSocket.datagram(address.family)
        socket.enlargeReceiveBuffer()
        try socket.bind(address, port)
        return socket
      }
    }
    for sender in senders {
      try sender.namespace.enter {
        for address in receiver.addresses {
          let socket = try LabSocket.raw(address.family, .udp)
          if address.family == .ipv6 {
            // The kernel fills in the checksum, at this offset (ipv6(7)); IPv4 can do without.
            var offset: Int32 = 6
            guard
              setsockopt(
                socket.descriptor.number, Int32(IPPROTO_IPV6), IPV6_CHECKSUM, &offset, 4)
                == 0
            else { throw SystemFailure("setsockopt(IPV6_CHECKSUM)") }
          }
          sources.append(
            Source(name: sender.name, socket: socket, target: LabReceiver(address, port)))
        }
      }
    }
    state = Mutex(State(sources: sources, receivers: receivers))
  }

  /// Sends one datagram from each, and takes in what has arrived.
  package func step() {
    state.withLock { state in
      state.port = state.port == 60000 ? 20000 : state.port + 1
      for index in state.sources.indices {
        let source = state.sources[index]
        let payload = LabPackets.bytes(UInt32(index)) + LabPackets.bytes(source.sent)
        let port = source.sent % 2 == 0 ? state.port : 19999
        let packet =
          LabPackets.bytes(port) + LabPackets.bytes(source.target.port)
          + LabPackets.bytes(UInt16(8 + payload.count)) + LabPackets.bytes(UInt16(0)) + payload
        let address = source.target.address.bytes
        let count = netpolc_send_to(
          source.socket.descriptor.number, address, address.count, 0, packet, packet.count)
        // What does not fit in now was not sent.
        if count == packet.count { state.sources[index].sent += 1 }
      }
      state.receive()
    }
    usleep(100)
  }

  /// What became of all, once the last have arrived.
  package func counts() -> [Count] {
    sleepMilliseconds(100)
    return state.withLock { state in
      state.receive()
      return state.sources.map {
        Count(
          from: $0.name, family: $0.target.address.family, sent: Int($0.sent),
          received: $0.received.count)
      }
    }
  }
}

extension LabFlood.State {
  fileprivate mutating func receive() {
    var buffer = [UInt8](repeating: 0, count: 64)
    for receiver in receivers {
      while let packet = receiver.receive(&buffer) {
        let index = Int(LabPackets.word(packet, at: 0))
        guard packet.count == 8, sources.indices.contains(index) else { continue }
        sources[index].received.insert(LabPackets.word(packet, at: 4))
      }
    }
  }
}

extension Laboratory {
  /// Opens the sockets; every `step` of it sends.
  package func flood(from senders: [String], to receiver: String, port: UInt16) throws -> LabFlood {
    try LabFlood(from: try senders.map(member), to: try member(receiver), port: port)
  }
}
