import NetSets
import Netfilter
import TestSupport
import Testing

/// What the first bytes of a packet tell.
@Suite struct PacketHeaderTests {
  private static let ipv4 = (source: "10.244.1.40", destination: "10.244.0.2")
  private static let ipv6 = (source: "fd00:244::28", destination: "fd00:244::2")

  private func ipv4(
    _ layer4: UInt8, _ payload: [UInt8], options: [UInt8] = [], fragment: UInt16 = 0
  ) throws -> [UInt8] {
    SamplePacket.ipv4(
      from: try #require(IPAddress(Self.ipv4.source)),
      to: try #require(IPAddress(Self.ipv4.destination)), layer4: layer4, payload,
      options: options, fragment: fragment)
  }

  private func ipv6(
    _ headers: [(number: UInt8, bytes: [UInt8])], layer4: UInt8, _ payload: [UInt8]
  ) throws -> [UInt8] {
    SamplePacket.ipv6(
      from: try #require(IPAddress(Self.ipv6.source)),
      to: try #require(IPAddress(Self.ipv6.destination)), headers: headers, layer4: layer4, payload)
  }

  private static let ports: [UInt8] = [0xca, 0x64, 0, 53, 0, 0, 0, 0]

  @Test(arguments: Transport.allCases)
  func `both ends, their ports and the length are read`(_ transport: Transport) throws {
    for bytes in [
      try ipv4(transport.rawValue, Self.ports),
      try ipv6([], layer4: transport.rawValue, Self.ports),
    ] {
      let header = try #require(PacketHeader(bytes))
      let isFirst = header.source.family == .ipv4
      #expect(header.source == IPAddress(isFirst ? Self.ipv4.source : Self.ipv6.source))
      #expect(
        header.destination == IPAddress(isFirst ? Self.ipv4.destination : Self.ipv6.destination))
      #expect(header.layer4 == transport.ipProtocol)
      #expect(header.ports?.source == 51812)
      #expect(header.ports?.destination == 53)
      #expect(header.icmpType == nil)
      #expect(header.length == (isFirst ? 1500 : 296))
    }
  }

  @Test func `options of IPv4 are stepped over`() throws {
    let bytes = try ipv4(17, Self.ports, options: Array(repeating: 1, count: 40))
    #expect(PacketHeader(bytes)?.ports?.destination == 53)
  }

  @Test func `ICMP has a type and no ports`() throws {
    let echo = try #require(PacketHeader(try ipv4(1, [8, 0, 0, 0])))
    #expect(echo.icmpType == 8)
    #expect(echo.ports == nil)
    #expect(PacketHeader(try ipv6([], layer4: 58, [128, 0]))?.icmpType == 128)
    // Each has its own family; elsewhere the number is nothing that we know.
    #expect(PacketHeader(try ipv4(58, [128, 0]))?.icmpType == nil)
  }

  @Test func `extension headers of IPv6 are stepped over, each by its own measure`() throws {
    let chain: [(number: UInt8, bytes: [UInt8])] = [
      (0, [0, 0] + Array(repeating: 0, count: 6)),
      (60, [0, 2] + Array(repeating: 0, count: 22)),
      (43, [0, 1] + Array(repeating: 0, count: 14)),
      (51, [0, 4] + Array(repeating: 0, count: 22)),
      (44, [0, 0, 0, 1, 0, 0, 0, 7]),
      (135, [0, 0] + Array(repeating: 0, count: 6)),
    ]
    for count in 1...chain.count {
      let header = try #require(
        PacketHeader(try ipv6(Array(chain.prefix(count)), layer4: 6, Self.ports)))
      #expect(header.layer4 == .tcp)
      #expect(header.ports?.destination == 53, "\(count) headers")
    }
  }

  @Test func `only the first fragment has ports`() throws {
    let first = try #require(PacketHeader(try ipv4(17, Self.ports, fragment: 0x2000)))
    #expect(first.ports?.destination == 53)
    #expect(!first.isLaterFragment)
    let later = try #require(PacketHeader(try ipv4(17, Self.ports, fragment: 0x2001)))
    #expect(later.ports == nil)
    #expect(later.layer4 == .udp)
    #expect(later.isLaterFragment)
    // What follows the header of a later fragment is data, whatever it looks like.
    let data: [UInt8] = [6, 0] + Self.ports
    let later6 = try #require(
      PacketHeader(try ipv6([(44, [0, 0, 0, 8, 0, 0, 0, 7])], layer4: 60, data)))
    #expect(later6.layer4 == IPProtocol(number: 60))
    #expect(later6.ports == nil)
    #expect(later6.isLaterFragment)
    let laterICMP = try #require(PacketHeader(try ipv4(1, [8, 0], fragment: 1)))
    #expect(laterICMP.icmpType == nil)
  }

  @Test func `where a packet is cut short, less is said and nothing else`() throws {
    let packets = [
      try ipv4(6, Self.ports, options: [1, 1, 1, 0]),
      try ipv6(
        [(0, [0, 0, 0, 0, 0, 0, 0, 0]), (44, [0, 0, 0, 1, 0, 0, 0, 7])], layer4: 132, Self.ports),
    ]
    for packet in packets {
      let whole = try #require(PacketHeader(packet))
      for count in 0..<packet.count {
        guard let header = PacketHeader(Array(packet.prefix(count))) else {
          #expect(count < (whole.source.family == .ipv4 ? 20 : 40))
          continue
        }
        #expect(header.source == whole.source && header.destination == whole.destination)
        #expect(header.length == whole.length)
        if header.ports != nil { #expect(header.ports == whole.ports) }
      }
    }
  }

  @Test func `bytes that make no sense do no harm`() throws {
    var random = SplitMix64(seed: 1)
    var seen = 0
    for _ in 0..<50_000 {
      let count = Int.random(in: 0...120, using: &random)
      var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      if count > 0, Bool.random(using: &random) {
        bytes[0] = Bool.random(using: &random) ? 0x45 : 0x60
      }
      // Numbers of extension headers, which lead on.
      if count > 48, Bool.random(using: &random) {
        let numbers: [UInt8] = [0, 43, 44, 51, 60, 135]
        bytes[6] = numbers.randomElement(using: &random) ?? 0
        bytes[40] = numbers.randomElement(using: &random) ?? 0
      }
      if PacketHeader(bytes) != nil { seen += 1 }
    }
    #expect(seen > 5_000)
  }

  @Test func `what is no IP is no packet`() {
    for bytes: [UInt8] in [[], [0x45], [0x44] + Array(repeating: 0, count: 60), [0x50, 0], [0x60]] {
      #expect(PacketHeader(bytes) == nil)
    }
  }
}
