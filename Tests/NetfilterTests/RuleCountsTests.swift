import NetSets
import Netfilter
import Nftables
import TestSupport
import Testing

extension RealKernel {
  /// What the kernel says that rules counted.
  @Suite struct RuleCountsTests {
    @Test func `counters are read with their rule's verdict, handle and chain`() throws {
      let fixture = try KernelFixture()
      #expect(try fixture.kernel.ruleCounts(table: "netpolc").isEmpty)
      #expect(try fixture.kernel.namedCounts(table: "netpolc").isEmpty)
      try fixture.load(
        """
        table ip netpolc {
          counter deny-in { packets 7 bytes 70; }
          chain g-deny-in { drop; }
          chain pi/shop/db {
            tcp dport 80 counter packets 3 bytes 180 accept
            tcp dport 81 accept
            counter packets 2 bytes 90 goto g-deny-in
          }
        }
        table ip6 netpolc {
          counter deny-in { packets 1 bytes 40; }
          chain c { counter packets 5 bytes 500; }
        }
        table ip other { chain c { counter packets 9 bytes 9 accept; }
        }
        """)
      let counts = try fixture.kernel.ruleCounts(table: "netpolc")
      #expect(counts.map(\.family) == [.ipv4, .ipv4, .ipv6])
      #expect(counts.map(\.chain) == ["pi/shop/db", "pi/shop/db", "c"])
      #expect(counts.map(\.verdict) == [.accept, .goto("g-deny-in"), nil])
      #expect(counts.map(\.count.packets) == [3, 2, 5])
      #expect(counts.map(\.count.bytes) == [180, 90, 500])
      #expect(counts[0].handle != counts[1].handle)
      #expect(
        try fixture.kernel.namedCounts(table: "netpolc")
          == ["deny-in": PacketCount(packets: 8, bytes: 110)])
    }
  }
}
