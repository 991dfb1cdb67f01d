import NetSets

/// The text under construction: bytes, because elements are many and appending them to a `String`
/// through interpolation costs several allocations each.
struct TextBuffer {
  private(set) var bytes: [UInt8] = []

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// A number in decimal.
  mutating func write(_ number: some BinaryInteger) {
    if number >= 10 || number < 0 {
      write(String(number))
    } else {
      bytes.append(UInt8(ascii: "0") + UInt8(number))
    }
  }

  /// A comment or another value that nft quotes. There are no escapes: see `Table.problems`.
  mutating func writeQuoted(_ text: String) {
    write("\"")
    write(text)
    write("\"")
  }

  mutating func write(_ address: IPAddress) {
    switch address.family {
    case .ipv4: writeIPv4(UInt32(truncatingIfNeeded: address.bits))
    case .ipv6: write(address.description)
    }
  }

  /// A prefix where the range is one, with no length for a single address; else both ends.
  mutating func write(_ range: AddressRange) {
    let lower = IPAddress(family: range.family, bits: range.lower)
    write(lower)
    if range.lower == range.upper { return }
    if let prefix = range.prefix {
      write("/")
      write(prefix.length)
    } else {
      write("-")
      write(IPAddress(family: range.family, bits: range.upper))
    }
  }

  private mutating func writeIPv4(_ bits: UInt32) {
    for shift: UInt32 in [24, 16, 8, 0] {
      let octet = UInt8(truncatingIfNeeded: bits >> shift)
      if octet >= 100 { bytes.append(48 + octet / 100) }
      if octet >= 10 { bytes.append(48 + octet / 10 % 10) }
      bytes.append(48 + octet % 10)
      if shift > 0 { bytes.append(UInt8(ascii: ".")) }
    }
  }
}
