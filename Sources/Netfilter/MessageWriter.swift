import CNetfilter

/// Builds messages that libnftnl has no function for: requests, and the ends of a batch.
struct MessageWriter {
  private(set) var bytes: [UInt8] = []

  /// The headers: `struct nlmsghdr` (linux/netlink.h) and `struct nfgenmsg` (nfnetlink.h).
  init(type: Int, flags: Int32, sequence: UInt32, family: UInt8 = 0, resource: UInt16 = 0) {
    append(UInt32(0))
    append(UInt16(type))
    append(UInt16(flags | NLM_F_REQUEST))
    append(sequence)
    append(UInt32(0))
    bytes += [family, UInt8(NFNETLINK_V0)]
    append(resource.bigEndian)
    setLength()
  }

  mutating func put(_ type: some BinaryInteger, _ value: some Collection<UInt8>) {
    append(UInt16(Attribute.headerLength + value.count))
    append(UInt16(type))
    bytes += value
    bytes += repeatElement(0, count: -value.count & 3)
    setLength()
  }

  /// A number in network order.
  mutating func put(_ type: some BinaryInteger, number: some FixedWidthInteger) {
    put(type, withUnsafeBytes(of: number.bigEndian) { Array($0) })
  }

  mutating func put(_ type: some BinaryInteger, text: String) { put(type, Array(text.utf8) + [0]) }

  mutating func nest(_ type: some BinaryInteger, _ body: (inout MessageWriter) -> Void) {
    let start = bytes.count
    append(UInt16(0))
    append(UInt16(type) | UInt16(NLA_F_NESTED))
    body(&self)
    set(UInt16(bytes.count - start), at: start)
    setLength()
  }

  private mutating func setLength() { set(UInt32(bytes.count), at: 0) }

  private mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number) { bytes += $0 }
  }

  private mutating func set(_ number: some FixedWidthInteger, at offset: Int) {
    withUnsafeBytes(of: number) { bytes.replaceSubrange(offset..<(offset + $0.count), with: $0) }
  }
}
