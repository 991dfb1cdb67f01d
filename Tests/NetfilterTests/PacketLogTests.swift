import Glibc
import Host
import NetSets
import Netfilter
import Nftables
import Testing

extension RealKernel {
  /// What rules send to an nflog group.
  @Suite struct PacketLogTests {
    private let fixture: KernelFixture

    init() throws {
      fixture = try KernelFixture()
      try fixture.run(["ip", "link", "set", "lo", "up"])
    }

    private func log(_ hook: String, _ match: String = "udp dport 53") throws {
      try fixture.load(
        """
        table inet t {
          chain c {
            type filter hook \(hook) priority 0;
            \(match) log prefix "netpolc deny-in " group 100
          }
        }
        """)
    }

    @Test(arguments: ["127.0.0.1", "::1"], ["input", "output"])
    func `a packet is heard of at once, with both ends and its interface`(
      _ text: String, _ hook: String
    ) throws {
      try log(hook)
      let log = try PacketLog(group: 100, in: fixture.namespace)
      #expect(try log.read().isEmpty)
      let address = try #require(IPAddress(text))
      let sender = try DatagramSender(address, 4000, in: fixture.namespace)
      try sender.send(to: address, 53, size: 1000)
      // The kernel's own patience is a second.
      #expect(isReadable(log.descriptor, milliseconds: 500))
      let reading = try log.read()
      #expect(reading.lost == 0)
      let packet = try #require(reading.packets.first)
      #expect(reading.packets.count == 1)
      #expect(packet.prefix == "netpolc deny-in ")
      #expect(packet.inInterface == (hook == "input" ? 1 : nil))
      #expect(packet.outInterface == (hook == "input" ? nil : 1))
      let header = packet.header
      #expect(header.source == address && header.destination == address)
      #expect(header.layer4 == .udp)
      #expect(header.ports?.source == 4000)
      #expect(header.ports?.destination == 53)
      #expect(header.length == 1000 + 8 + (address.family == .ipv4 ? 20 : 40))
    }

    @Test func `iptables logs to the same group`() throws {
      try fixture.run([
        "iptables-nft", "-A", "OUTPUT", "-p", "udp", "-j", "NFLOG", "--nflog-group", "100",
        "--nflog-prefix", "netpolc deny-eg ",
      ])
      let log = try PacketLog(group: 100, in: fixture.namespace)
      let address = try #require(IPAddress("127.0.0.1"))
      try DatagramSender(address, 4000, in: fixture.namespace).send(to: address, 53)
      #expect(isReadable(log.descriptor, milliseconds: 500))
      #expect(try log.read().packets.map(\.prefix) == ["netpolc deny-eg "])
    }

    @Test func `a group has one reader in each namespace, until that one goes`() throws {
      var first: PacketLog? = try PacketLog(group: 100, in: fixture.namespace)
      let failure = #expect(throws: KernelFailure.self) {
        try PacketLog(group: 100, in: fixture.namespace)
      }
      guard case .unable(EBUSY, let reason) = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
      #expect(reason.contains("another process reads nflog group 100 already"))
      #expect(throws: Never.self) { try PacketLog(group: 101, in: fixture.namespace) }
      #expect(throws: Never.self) { try PacketLog(group: 100, in: NetworkNamespace()) }
      #expect(first?.descriptor ?? -1 >= 0)
      first = nil
      #expect(throws: Never.self) { try PacketLog(group: 100, in: fixture.namespace) }
    }

    @Test func `what is read too late is lost and counted`() throws {
      try log("output")
      let log = try PacketLog(group: 100, in: fixture.namespace, receiveLimit: 4096)
      let address = try #require(IPAddress("127.0.0.1"))
      let sender = try DatagramSender(address, 4000, in: fixture.namespace)
      let sent = 2000
      for _ in 0..<sent { try sender.send(to: address, 53) }
      #expect(isReadable(log.descriptor, milliseconds: 500))
      var seen = 0
      var lost = 0
      func read() throws {
        let reading = try log.read()
        seen += reading.packets.count
        lost += reading.lost
      }
      // What the kernel still gathers is sent when its patience ends.
      while isReadable(log.descriptor, milliseconds: 300) { try read() }
      try sender.send(to: address, 53)
      #expect(isReadable(log.descriptor, milliseconds: 500))
      try read()
      #expect(lost > 0)
      #expect(seen > 0)
      #expect(seen + lost == sent + 1)
    }
  }
}
