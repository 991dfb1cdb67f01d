/// IPv4 or IPv6.
package enum IPFamily: UInt8, Hashable, Sendable, CaseIterable, Comparable {
  case ipv4 = 4
  case ipv6 = 6

  /// The bits of an address: 32 or 128.
  package var width: Int {
    switch self {
    case .ipv4: 32
    case .ipv6: 128
    }
  }

  /// The highest address, as a number.
  package var highest: UInt128 {
    switch self {
    case .ipv4: UInt128(UInt32.max)
    case .ipv6: .max
    }
  }

  package static func < (left: IPFamily, right: IPFamily) -> Bool { left.rawValue < right.rawValue }
}

/// An IP address as a number: order and ranges are those of the number within its family.
package struct IPAddress: Hashable, Sendable {
  package let family: IPFamily
  package let bits: UInt128

  package init(family: IPFamily, bits: UInt128) {
    precondition(bits <= family.highest, "an address has no more bits than its family")
    self.family = family
    self.bits = bits
  }

  /// The address's bytes in network order: 4 or 16.
  package var bytes: [UInt8] {
    (0..<family.width / 8).map { index in
      UInt8(truncatingIfNeeded: bits >> UInt128(family.width - 8 - index * 8))
    }
  }
}

extension IPAddress: Comparable {
  package static func < (left: IPAddress, right: IPAddress) -> Bool {
    left.family == right.family ? left.bits < right.bits : left.family < right.family
  }
}
