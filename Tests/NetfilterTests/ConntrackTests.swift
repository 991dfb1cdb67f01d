import Host
import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  @Suite struct ConntrackTests {
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

      let client = try DatagramSender(address, 4000, in: fixture.namespace)
      let server = try DatagramSender(address, 53, in: fixture.namespace)
      try client.send(to: address, 53)
      let first = try #require(try conntrack.entries().first)
      let tuple = ConnectionTuple(
        source: address, destination: address, layer4: .udp, sourcePort: 4000, destinationPort: 53)
      #expect(first.original == tuple)
      #expect(first.reply.sourcePort == 53)
      #expect(first.reply.destinationPort == 4000)
      #expect(first.zone == 0)
      #expect(first.status.contains(.confirmed))
      #expect(!first.status.contains(.seenReply))

      try server.send(to: address, 4000)
      let entries = try conntrack.entries()
      #expect(entries.map(\.id) == [first.id])
      #expect(entries[0].status.contains(.seenReply))

      #expect(try conntrack.delete(first))
      #expect(try conntrack.entries().isEmpty)
      #expect(try !conntrack.delete(first), "it is gone already")

      // The same ports again are another connection.
      try client.send(to: address, 53)
      #expect(try conntrack.entries().map(\.original) == [tuple])
      let other = try #require(try conntrack.entries().first)
      if other.id != first.id {
        #expect(try !conntrack.delete(first), "it is not this one")
        #expect(try conntrack.entries().map(\.id) == [other.id])
      }
    }

    /// The addresses of a machine that translates one to another.
    struct Translated: Sendable {
      let client: String
      let service: String
      let pod: String
      let others: [String]
    }

    @Test(arguments: [
      Translated(
        client: "10.0.0.1", service: "10.0.0.9", pod: "10.0.0.2", others: ["10.0.0.3", "10.0.0.4"]),
      Translated(
        client: "fd00::1", service: "fd00::9", pod: "fd00::2", others: ["fd00::3", "fd00::4"]),
    ])
    func `what a pod had open is found, from where it was opened and to where it really went`(
      _ given: Translated
    ) throws {
      let fixture = try KernelFixture()
      func parse(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
      let (client, service) = (try parse(given.client), try parse(given.service))
      let (pod, others) = (try parse(given.pod), try given.others.map(parse))
      let family = client.family == .ipv4 ? "ip" : "ip6"
      try fixture.run(["ip", "link", "set", "lo", "up"])
      for text in [given.client, given.service, given.pod] + given.others {
        try fixture.run(
          ["ip", "address", "add", text, "dev", "lo"] + (family == "ip6" ? ["nodad"] : []))
      }
      try fixture.load(
        """
        table \(family) t {
          chain c {
            type nat hook output priority -100;
            \(family) daddr \(given.service) dnat to \(given.pod)
          }
        }
        """)
      let conntrack = try Conntrack(in: fixture.namespace)
      let clients = try ([client] + others).map { address in
        (address, try DatagramSender(address, 4000, in: fixture.namespace))
      }
      func openAll() throws {
        for (_, sender) in clients { try sender.send(to: service, 53) }
        // One that the pod opened, and one that is nothing to it.
        try DatagramSender(pod, 4001, in: fixture.namespace).send(to: others[0], 53)
        try clients[1].1.send(to: others[1], 53)
      }
      try openAll()
      #expect(try conntrack.entries().count == 5)
      #expect(try conntrack.entries(of: []).isEmpty)
      for way in Conntrack.Way.allCases {
        #expect(try conntrack.entries(of: [client], by: way).count == 1)
        #expect(try conntrack.entries(of: [service], by: way).isEmpty, "no packet goes there")
        #expect(try conntrack.entries(of: [pod, others[1]], by: way).count == 5)
      }
      for entry in try conntrack.entries(of: [pod]) { #expect(try conntrack.delete(entry)) }
      let rest = try conntrack.entries()
      #expect(rest.map(\.original.destination) == [others[1]])
    }

    @Test func `a namespace that tracks nothing has no entries`() throws {
      #expect(try Conntrack(in: NetworkNamespace()).entries().isEmpty)
    }
  }
}
