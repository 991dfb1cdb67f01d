import Glibc
import NetSets
import Netfilter
import Nftables
import Testing

extension RealKernel {
  /// Who changed the rules.
  @Suite struct GenerationMonitorTests {
    private let fixture: KernelFixture
    private let wanted = Ruleset(Table(family: .ipv4, name: KernelFixture.table, comment: nil))

    init() throws { fixture = try KernelFixture() }

    @Test func `our own transactions are told from those of others`() throws {
      let monitor = try GenerationMonitor(in: fixture.namespace)
      try monitor.listen()
      #expect(try monitor.read().isEmpty)
      try fixture.apply(wanted)
      #expect(isReadable(monitor.descriptor))
      try fixture.load("table ip other {}")
      try fixture.run(["iptables-nft", "-A", "INPUT", "-j", "ACCEPT"])
      let reading = try monitor.read()
      #expect(!reading.hasLost)
      let all = reading.generations
      try #require(all.count == 3)
      #expect(all.map { $0.port == fixture.kernel.port } == [true, false, false])
      #expect(all[1].name == "nft")
      #expect(all[2].name == "iptables-nft")
      #expect(Set(all.map(\.process)).count == 3)
      #expect(all.map(\.id) == Array(all[0].id..<all[0].id + 3))
      #expect(try fixture.read().generation == all[2].id)
      #expect(try monitor.read().isEmpty)
      #expect(!isReadable(monitor.descriptor))
    }

    @Test func `a transaction takes no more room for being large`() throws {
      let monitor = try GenerationMonitor(in: fixture.namespace, receiveLimit: 4096)
      try monitor.listen()
      let elements = (0..<20_000).map { "10.0.\($0 >> 8).\($0 & 255)" }
      try fixture.load(
        """
        table ip other {
          set s { type ipv4_addr; elements = { \(elements.joined(separator: ", ")) }; }
        }
        """)
      let reading = try monitor.read()
      #expect(!reading.hasLost)
      #expect(reading.generations.map(\.name) == ["nft"])
    }

    @Test func `what is read too late is missed, which is said, and the next is heard`() throws {
      let monitor = try GenerationMonitor(in: fixture.namespace, receiveLimit: 4096)
      try monitor.listen()
      for number in 0..<100 {
        try fixture.apply(number % 2 == 0 ? wanted : Ruleset(tables: []))
      }
      let reading = try monitor.read()
      #expect(reading.hasLost)
      #expect(reading.generations.count < 100)
      try fixture.load("table ip other {}")
      let next = try monitor.read()
      #expect(!next.hasLost)
      #expect(next.generations.map(\.name) == ["nft"])
    }

    @Test func `what happens in another namespace is not heard`() throws {
      let monitor = try GenerationMonitor(in: fixture.namespace)
      try monitor.listen()
      try KernelFixture().apply(wanted)
      #expect(try monitor.read().isEmpty)
    }
  }
}

/// Whether poll(2) says so, within a time.
func isReadable(_ descriptor: Int32, milliseconds: Int32 = 0) -> Bool {
  var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&polled, 1, milliseconds) > 0
}
