/// A CIDR block. The bits below the prefix length are zero.
package struct IPPrefix: Hashable, Sendable {
  package let base: IPAddress
  package let length: Int

  /// Masks `address` to `length` bits.
  package init(_ address: IPAddress, length: Int) {
    precondition((0...address.family.width).contains(length), "a prefix fits its family")
    self.length = length
    self.base = IPAddress(
      family: address.family, bits: address.bits & ~IPPrefix.hostMask(address.family, length))
  }

  package var family: IPFamily { base.family }
  package var range: AddressRange {
    AddressRange(
      family: family, lower: base.bits, upper: base.bits | IPPrefix.hostMask(family, length))
  }

  package func contains(_ address: IPAddress) -> Bool { range.contains(address) }

  /// Whether `other` lies inside, and is smaller.
  package func strictlyContains(_ other: IPPrefix) -> Bool {
    other.length > length && contains(other.base)
  }

  private static func hostMask(_ family: IPFamily, _ length: Int) -> UInt128 {
    let hostBits = family.width - length
    return hostBits == 128 ? .max : (UInt128(1) << UInt128(hostBits)) - 1
  }
}

extension IPPrefix: Comparable {
  package static func < (left: IPPrefix, right: IPPrefix) -> Bool {
    left.base == right.base ? left.length < right.length : left.base < right.base
  }
}

extension IPPrefix: CustomStringConvertible {
  package var description: String { "\(base)/\(length)" }

  /// As nft prints it: a single address without its length.
  package var shortText: String {
    length == family.width ? base.description : description
  }
}

/// A CIDR as written, and how far its spelling departs from the canonical one.
package struct WrittenPrefix: Hashable, Sendable {
  package let prefix: IPPrefix
  package let quirks: [Quirk]

  /// Spellings that API servers before `StrictIPCIDRValidation` stored (KEP-4858).
  package enum Quirk: Hashable, Sendable {
    case leadingZeros
    case hostBits
    case mappedIPv4
  }

  /// Reads `address/length`; nil when it is no CIDR in any spelling an API server ever accepted.
  package init?(_ text: some StringProtocol) {
    let utf8 = Array(text.utf8)
    guard let slash = utf8.firstIndex(of: UInt8(ascii: "/")),
      let length = IPAddress.decimal(utf8[(slash + 1)...], leadingZeros: true)
    else { return nil }
    let addressText = utf8[..<slash]
    let isPadded = utf8.count - slash > 2 && utf8[slash + 1] == UInt8(ascii: "0")
    var quirks: [Quirk] = isPadded ? [.leadingZeros] : []
    var address: IPAddress
    if addressText.contains(UInt8(ascii: ":")) {
      guard let parsed = IPAddress(String(decoding: addressText, as: UTF8.self)) else { return nil }
      address = parsed
    } else if let bits = IPAddress.ipv4(addressText, leadingZeros: false) {
      address = IPAddress(family: .ipv4, bits: UInt128(bits))
    } else if let bits = IPAddress.ipv4(addressText, leadingZeros: true) {
      address = IPAddress(family: .ipv4, bits: UInt128(bits))
      quirks.append(.leadingZeros)
    } else {
      return nil
    }
    guard length <= address.family.width else { return nil }
    var effectiveLength = length
    let isMapped = address.family == .ipv6 && address.bits >> 32 == 0xffff
    if isMapped {
      // Go's net.ParseCIDR reads ::ffff:a.b.c.d/n as IPv6; only n >= 96 names IPv4 addresses.
      quirks.append(.mappedIPv4)
      if length >= 96 {
        address = IPAddress(family: .ipv4, bits: address.bits & 0xffff_ffff)
        effectiveLength = length - 96
      }
    }
    let prefix = IPPrefix(address, length: effectiveLength)
    if prefix.base != address { quirks.append(.hostBits) }
    self.prefix = prefix
    self.quirks = quirks
  }
}
