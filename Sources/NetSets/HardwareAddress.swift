/// An Ethernet address of 48 bits.
package struct HardwareAddress: Hashable, Sendable {
  package let bytes: [UInt8]

  private static let length = 6

  /// - Parameter text: such as `02:cc:00:00:00:01`.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == Self.length, parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
    let isHexadecimal = parts.joined().utf8.allSatisfy { byte in
      "0123456789abcdefABCDEF".utf8.contains(byte)
    }
    guard isHexadecimal else { return nil }
    bytes = parts.compactMap { UInt8($0, radix: 16) }
  }

  /// - Parameter bytes: six.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = Array(bytes)
  }

  /// The address of the link alone that an interface makes of its hardware address (RFC 4291,
  /// appendix A).
  package var linkLocal: IPAddress {
    let identifier = [bytes[0] ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]]
    let bits = identifier.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return IPAddress(family: .ipv6, bits: 0xfe80 << 112 | bits)
  }
}

extension HardwareAddress: CustomStringConvertible {
  package var description: String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0\(digits)" : digits
    }.joined(separator: ":")
  }
}
