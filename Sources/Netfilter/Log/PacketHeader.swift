import NetSets

/// Who sends what to whom, as far as the beginning of a packet tells (RFC 791, RFC 8200).
package struct PacketHeader: Hashable, Sendable {
  package let source: IPAddress
  package let destination: IPAddress
  /// What the packet carries. Where the extension headers of IPv6 go on beyond the bytes that are
  /// known, the first that is not.
  package let layer4: IPProtocol
  /// nil for protocols without ports, for all fragments but the first, and where the packet is cut
  /// short.
  package let ports: Ports?
  /// Of ICMP or ICMPv6; nil as `ports`.
  package let icmpType: UInt8?
  /// Of the whole packet with its headers, in bytes, as it says itself.
  package let length: Int
  /// Whether it is a fragment with an offset, whose header of layer 4 is in another packet.
  package let isLaterFragment: Bool

  package struct Ports: Hashable, Sendable {
    package let source: UInt16
    package let destination: UInt16
  }

  /// - Parameter bytes: from the header of IP on; may end anywhere.
  /// - Returns: nil for what is neither family, or ends before its addresses do.
  package init?(_ bytes: [UInt8]) {
    let reader = PacketBytes(bytes)
    switch reader.byte(0).map({ $0 >> 4 }) {
    case 4: self.init(ipv4: reader)
    case 6: self.init(ipv6: reader)
    default: return nil
    }
  }

  private init?(ipv4 packet: PacketBytes) {
    guard let first = packet.byte(0), let length = packet.number(2), let place = packet.number(6),
      let layer4 = packet.byte(9), let source = packet.address(12, .ipv4),
      let destination = packet.address(16, .ipv4)
    else { return nil }
    let headerLength = Int(first & 0x0f) * 4
    guard headerLength >= 20 else { return nil }
    self.init(
      source, destination, IPProtocol(number: layer4), length: Int(length),
      isLaterFragment: place & 0x1fff != 0, packet, at: headerLength)
  }

  private init?(ipv6 packet: PacketBytes) {
    guard let length = packet.number(4), var next = packet.byte(6),
      let source = packet.address(8, .ipv6), let destination = packet.address(24, .ipv6)
    else { return nil }
    var offset = 40
    var isLaterFragment = false
    while !isLaterFragment, let header = ExtensionHeader(rawValue: next),
      let following = packet.byte(offset), let size = packet.byte(offset + 1)
    {
      if header == .fragment {
        guard let place = packet.number(offset + 2) else { break }
        isLaterFragment = place >> 3 != 0
      }
      next = following
      offset += header.length(size)
    }
    self.init(
      source, destination, IPProtocol(number: next), length: 40 + Int(length),
      isLaterFragment: isLaterFragment, packet, at: offset)
  }

  private init(
    _ source: IPAddress, _ destination: IPAddress, _ layer4: IPProtocol, length: Int,
    isLaterFragment: Bool, _ packet: PacketBytes, at offset: Int
  ) {
    self.source = source
    self.destination = destination
    self.layer4 = layer4
    self.length = length
    self.isLaterFragment = isLaterFragment
    let hasPorts = Transport(rawValue: layer4.number) != nil && !isLaterFragment
    if hasPorts, let from = packet.number(offset), let to = packet.number(offset + 2) {
      ports = Ports(source: from, destination: to)
    } else {
      ports = nil
    }
    let isICMP = layer4 == (source.family == .ipv4 ? .icmp : .icmpv6) && !isLaterFragment
    icmpType = isICMP ? packet.byte(offset) : nil
  }
}

/// Headers that stand between that of IPv6 and what it carries (IANA "IPv6 Extension Header Types").
/// What is encrypted (50) cannot be looked into, and ends the list.
private enum ExtensionHeader: UInt8 {
  case hopByHop = 0
  case routing = 43
  case fragment = 44
  case authentication = 51
  case destinationOptions = 60
  case mobility = 135
  case hostIdentity = 139
  case shim6 = 140

  /// - Parameter size: the header's own second byte.
  func length(_ size: UInt8) -> Int {
    switch self {
    case .fragment: 8
    // RFC 4302 §2.2: in units of four bytes, less two.
    case .authentication: (Int(size) + 2) * 4
    case .hopByHop, .routing, .destinationOptions, .mobility, .hostIdentity, .shim6:
      (Int(size) + 1) * 8
    }
  }
}

/// Bytes that may end anywhere.
private struct PacketBytes {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func byte(_ offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  func number(_ offset: Int) -> UInt16? {
    guard let high = byte(offset), let low = byte(offset + 1) else { return nil }
    return UInt16(high) << 8 | UInt16(low)
  }

  func address(_ offset: Int, _ family: IPFamily) -> IPAddress? {
    let end = offset + family.width / 8
    guard end <= bytes.count else { return nil }
    return IPAddress(
      family: family, bits: bytes[offset..<end].reduce(0) { $0 << 8 | UInt128($1) })
  }
}
