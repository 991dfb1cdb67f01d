import CLinux
import Glibc
import Host
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  @Suite struct ConntrackTests {
    /// Sends a datagram from one port to another of this machine.
    private func send(_ from: FileDescriptor, to address: IPAddress, _ port: UInt16) throws {
      let bytes = address.bytes
      let payload: [UInt8] = [1]
      let count = netpolc_send_to(from.number, bytes, bytes.count, port, payload, payload.count)
      guard count == 1 else { throw SystemFailure("send a datagram") }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `a UDP flow is listed, and is gone when it is deleted`(_ text: String) throws {
      let fixture = try KernelFixture()
      let address = try #require(IPAddress(text))
      try fixture.run(["ip", "link", "set", "lo", "up"])
      // Connections are tracked once a rule asks.
      try fixture.load(
        """
        table inet t {
          chain c { type filter hook output priority 0; ct state established accept; }
        }
        """)
      let conntrack = try Conntrack(in: fixture.namespace)
      #expect(try conntrack.entries().isEmpty)

      func open(_ port: UInt16) throws -> FileDescriptor {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        let socket = try FileDescriptor(
          socket(family, Int32(SOCK_DGRAM.rawValue), 0), of: "open a socket")
        let bytes = address.bytes
        guard netpolc_bind(socket.number, bytes, bytes.count, port) == 0 else {
          throw SystemFailure("bind")
        }
        return socket
      }
      let (client, server) = try fixture.namespace.enter { (try open(4000), try open(53)) }
      try send(client, to: address, 53)
      let first = try #require(try conntrack.entries().first)
      let tuple = ConnectionTuple(
        source: address, destination: address, layer4: .udp, sourcePort: 4000, destinationPort: 53)
      #expect(first.original == tuple)
      #expect(first.reply.sourcePort == 53)
      #expect(first.reply.destinationPort == 4000)
      #expect(first.zone == 0)
      #expect(first.status.contains(.confirmed))
      #expect(!first.status.contains(.seenReply))

      try send(server, to: address, 4000)
      let entries = try conntrack.entries()
      #expect(entries.map(\.id) == [first.id])
      #expect(entries[0].status.contains(.seenReply))

      #expect(try conntrack.delete(first))
      #expect(try conntrack.entries().isEmpty)
      #expect(try !conntrack.delete(first), "it is gone already")

      // The same ports again are another connection.
      try send(client, to: address, 53)
      #expect(try conntrack.entries().map(\.original) == [tuple])
      let other = try #require(try conntrack.entries().first)
      if other.id != first.id {
        #expect(try !conntrack.delete(first), "it is not this one")
        #expect(try conntrack.entries().map(\.id) == [other.id])
      }
    }

    @Test func `a namespace that tracks nothing has no entries`() throws {
      #expect(try Conntrack(in: NetworkNamespace()).entries().isEmpty)
    }
  }
}
