import NetSets

/// The packets we build ourselves because no ordinary socket sends them: SCTP, whose sockets many
/// kernels lack, and echo requests. Each carries a token by which it is recognized on arrival, also
/// when addresses and ports were translated on the way.
enum LabPackets {
  /// An SCTP packet with one INIT chunk; the token is the initiate tag (RFC 9260 §3.3.2).
  ///
  /// The verification tag is zero, INIT is the only chunk and the checksum is right: conntrack
  /// takes anything else for invalid, and a nat rule never sees it.
  ///
  /// Seen on Linux 6.18 without `CONFIG_IP_SCTP`: raw sockets send and receive SCTP all the same;
  /// conntrack knows the protocol (`CONFIG_NF_CT_PROTO_SCTP`), an INIT is `ct state new`; `dnat`
  /// to another port works. A kernel that has SCTP sockets would answer with ABORT, after the raw
  /// socket has got its copy; that has not been tried.
  static func sctpInit(source: UInt16, destination: UInt16, token: UInt32) -> [UInt8] {
    var packet = bytes(source) + bytes(destination) + bytes(UInt32(0)) + bytes(UInt32(0))
    packet += [1, 0] + bytes(UInt16(20))  // INIT, no flags, its length
    packet += bytes(token) + bytes(UInt32(65536))  // initiate tag, receiver window
    packet += bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(token)  // streams out, in, first TSN
    let checksum = crc32c(packet)
    packet.replaceSubrange(8..<12, with: bytes(checksum.byteSwapped))
    return packet
  }

  /// The destination port and the token of a packet from `sctpInit`; nil for any other.
  static func readSctpInit(_ packet: ArraySlice<UInt8>) -> (port: UInt16, token: UInt32)? {
    guard packet.count >= 32, packet[packet.startIndex + 12] == 1 else { return nil }
    return (UInt16(truncatingIfNeeded: word(packet, at: 0)), word(packet, at: 16))
  }

  /// An echo request. The kernel fills in the checksum of ICMPv6 only.
  static func echoRequest(_ family: IPFamily, identifier: UInt16, token: UInt32) -> [UInt8] {
    var packet: [UInt8] = [family == .ipv4 ? 8 : 128, 0, 0, 0]
    packet += bytes(identifier) + bytes(UInt16(1)) + bytes(token)
    if family == .ipv4 { packet.replaceSubrange(2..<4, with: bytes(internetChecksum(packet))) }
    return packet
  }

  /// The token of an echo reply; nil for any other message.
  static func readEchoReply(_ family: IPFamily, _ packet: ArraySlice<UInt8>) -> UInt32? {
    guard packet.count >= 12, packet.first == (family == .ipv4 ? 0 : 129) else { return nil }
    return word(packet, at: 8)
  }

  /// What follows the IPv4 header, which raw sockets deliver with the packet; those for IPv6 do not.
  static func payload(_ family: IPFamily, _ packet: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard family == .ipv4, let first = packet.first else { return packet }
    return packet.dropFirst(Int(first & 15) * 4)
  }

  static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (1...Number.bitWidth / 8).map {
      UInt8(truncatingIfNeeded: number >> Number(Number.bitWidth - $0 * 8))
    }
  }

  /// Four bytes in network order.
  static func word(_ packet: ArraySlice<UInt8>, at offset: Int) -> UInt32 {
    packet.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// CRC-32C as SCTP uses it (RFC 9260 appendix A), bit by bit: packets here are 32 bytes.
  static func crc32c(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
        value >> 1 ^ (value & 1 == 1 ? 0x82f6_3b78 : 0)
      }
    }
  }

  /// The one's complement sum of RFC 1071, for an even number of bytes.
  static func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count - 1, by: 2) {
      sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
