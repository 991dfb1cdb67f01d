/// How an address is written: dotted decimal for IPv4, RFC 4291 for IPv6 read and RFC 5952 written.
extension IPAddress {
  /// Reads an address. Leading zeros in IPv4 octets and zones are refused, as `netip.ParseAddr`
  /// does; an IPv4-mapped IPv6 address stays IPv6.
  package init?(_ text: some StringProtocol) {
    let utf8 = Array(text.utf8)
    if utf8.contains(UInt8(ascii: ":")) {
      guard let bits = IPAddress.ipv6(utf8[...]) else { return nil }
      self.init(family: .ipv6, bits: bits)
    } else {
      guard let bits = IPAddress.ipv4(utf8[...], leadingZeros: false) else { return nil }
      self.init(family: .ipv4, bits: UInt128(bits))
    }
  }

  /// Four decimal octets.
  /// - Parameter leadingZeros: whether `010` is read as 10, as older API servers did.
  static func ipv4(_ text: ArraySlice<UInt8>, leadingZeros: Bool) -> UInt32? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let octet = decimal(part, leadingZeros: leadingZeros), octet <= 255 else { return nil }
      bits = bits << 8 | UInt32(octet)
    }
    return bits
  }

  /// A decimal number of at most three significant digits; no sign.
  static func decimal(_ text: ArraySlice<UInt8>, leadingZeros: Bool) -> Int? {
    guard !text.isEmpty, text.count <= 8, text.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
      return nil
    }
    if !leadingZeros, text.count > 1, text.first == 48 { return nil }
    return text.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// Eight groups of up to four hexadecimal digits, one `::`, and perhaps an IPv4 tail.
  private static func ipv6(_ text: ArraySlice<UInt8>) -> UInt128? {
    let colon = UInt8(ascii: ":")
    guard
      let gap = text.indices.first(where: {
        $0 > text.startIndex && text[$0] == colon && text[$0 - 1] == colon
      })
    else {
      guard let groups = groups(text), groups.count == 8 else { return nil }
      return number(groups)
    }
    let head = text[text.startIndex..<(gap - 1)]
    let tail = text[(gap + 1)...]
    // A second `::`, or `:::`, leaves an empty group in the tail, which `groups` refuses.
    guard let high = head.isEmpty ? [] : groups(head, tail: false),
      let low = tail.isEmpty ? [] : groups(tail), high.count + low.count <= 7
    else { return nil }
    let zeros = [UInt16](repeating: 0, count: 8 - high.count - low.count)
    return number(high + zeros + low)
  }

  private static func groups(_ text: ArraySlice<UInt8>, tail: Bool = true) -> [UInt16]? {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count <= 8 else { return nil }
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if tail, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
        guard let bits = ipv4(part, leadingZeros: false) else { return nil }
        groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
      } else {
        guard !part.isEmpty, part.count <= 4 else { return nil }
        var group: UInt16 = 0
        for digit in part {
          guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
          group = group << 4 | UInt16(value)
        }
        groups.append(group)
      }
    }
    return groups
  }

  private static func number(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
  }
}

extension IPAddress: CustomStringConvertible {
  /// Canonical text; what `inet_ntop` and `nft` print.
  package var description: String {
    switch family {
    case .ipv4:
      let value = UInt32(bits)
      return "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    case .ipv6: return ipv6Text
    }
  }

  private var ipv6Text: String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - $0 * 16)) }
    // The longest run of two or more zero groups, the first of equals, becomes `::`.
    var gap = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(gap.count, 1) { gap = start..<end }
      start = max(end, start + 1)
    }
    // glibc writes ::a.b.c.d for the deprecated compatible and the mapped form (RFC 5952 §5).
    let embedded =
      gap.lowerBound == 0
      && (gap.count == 6 || (gap.count == 5 && groups[5] == 0xffff))
    func hex(_ range: Range<Int>) -> String {
      range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
    }
    if embedded {
      let tail = IPAddress(family: .ipv4, bits: bits & 0xffff_ffff).description
      return gap.count == 6 ? "::\(tail)" : "::ffff:\(tail)"
    }
    if gap.isEmpty { return hex(0..<8) }
    return "\(hex(0..<gap.lowerBound))::\(hex(gap.upperBound..<8))"
  }
}
