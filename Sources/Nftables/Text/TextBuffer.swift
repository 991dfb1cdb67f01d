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
    case .ipv6: writeIPv6(address)
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

  /// As `IPAddress.description`, without its intermediate strings: rulesets have 100,000 of them.
  private mutating func writeIPv6(_ address: IPAddress) {
    // `::a.b.c.d`, `::ffff:a.b.c.d` and `::1`: rare, and special.
    if address.bits >> 48 == 0 { return write(address.description) }
    func group(_ index: Int) -> UInt16 {
      UInt16(truncatingIfNeeded: address.bits >> UInt128(112 - index * 16))
    }
    let gap = longestGap(group)
    var index = 0
    while index < 8 {
      if index == gap.lowerBound, !gap.isEmpty {
        write("::")
        index = gap.upperBound
        continue
      }
      if index > 0, index != gap.upperBound || gap.isEmpty { write(":") }
      writeHexadecimal(group(index))
      index += 1
    }
  }

  /// The first of the longest runs of two or more zero groups; empty when there is none.
  private func longestGap(_ group: (Int) -> UInt16) -> Range<Int> {
    var gap = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, group(end) == 0 { end += 1 }
      if end - start > max(gap.count, 1) { gap = start..<end }
      start = max(end, start + 1)
    }
    return gap
  }

  private mutating func writeHexadecimal(_ number: UInt16) {
    var shift = number >= 0x1000 ? 12 : number >= 0x100 ? 8 : number >= 0x10 ? 4 : 0
    while shift >= 0 {
      let digit = UInt8(truncatingIfNeeded: number >> UInt16(shift)) & 15
      bytes.append(digit < 10 ? 48 + digit : 87 + digit)
      shift -= 4
    }
  }
}
