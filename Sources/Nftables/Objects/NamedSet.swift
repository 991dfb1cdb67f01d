import NetSets

/// A named set.
package struct NamedSet: Hashable, Sendable {
  package let name: String
  package let comment: String?
  package var content: SetContent

  package init(name: String, comment: String?, content: SetContent) {
    self.name = name
    self.comment = comment
    self.content = content
  }
}

/// A set's type with its elements. Elements are kept in the order nft lists them, without repeats
/// (`SetContent.hosts`, `.ports` and `VerdictMap.init` see to it).
package enum SetContent: Hashable, Sendable {
  /// `type ipv4_addr`: a hash of single addresses.
  case addresses([IPAddress])
  /// `type ipv4_addr . inet_proto . inet_service`: a hash of ports on addresses.
  case endpoints([EndpointKey])
  /// `type ipv4_addr` with `flags interval`: ranges that do not overlap or touch.
  case intervals([AddressRange])
  /// `type ipv4_addr . ipv4_addr . inet_proto . inet_service` with `flags dynamic,timeout`: filled
  /// by the kernel, so its elements are never ours. The timeout is in minutes.
  case flows(size: Int, timeoutMinutes: Int)

  /// Addresses in any order, perhaps repeated.
  package static func hosts(_ addresses: some Sequence<IPAddress>) -> SetContent {
    .addresses(Array(Set(addresses)).sorted())
  }

  /// Ports in any order, perhaps repeated.
  package static func ports(_ keys: some Sequence<EndpointKey>) -> SetContent {
    .endpoints(Array(Set(keys)).sorted())
  }
}

/// A port on an address: the key `ip daddr . meta l4proto . th dport`.
package struct EndpointKey: Hashable, Sendable {
  package let address: IPAddress
  package let transport: Transport
  package let port: UInt16

  package init(address: IPAddress, transport: Transport, port: UInt16) {
    self.address = address
    self.transport = transport
    self.port = port
  }
}

extension EndpointKey: Comparable {
  /// nft 1.0.6 lists concatenations by their bytes read as one little-endian number: last field
  /// first, and each from its last byte. Fields are padded to four bytes.
  package static func < (left: EndpointKey, right: EndpointKey) -> Bool {
    if left.port != right.port { return left.port.byteSwapped < right.port.byteSwapped }
    if left.transport != right.transport { return left.transport < right.transport }
    return left.address.reversedBits < right.address.reversedBits
  }
}

extension IPAddress {
  /// The address's bytes, last one most significant.
  fileprivate var reversedBits: UInt128 {
    switch family {
    case .ipv4: UInt128(UInt32(bits).byteSwapped)
    case .ipv6: bits.byteSwapped
    }
  }
}

/// A map from addresses to verdicts: `type ipv4_addr : verdict`.
package struct VerdictMap: Hashable, Sendable {
  package let name: String
  package let comment: String?
  package var elements: [VerdictElement]

  /// Elements in any order, one an address.
  package init(name: String, comment: String?, elements: [VerdictElement]) {
    self.name = name
    self.comment = comment
    self.elements = elements.sorted { $0.address < $1.address }
  }
}

/// `10.244.1.10 comment "shop/web-0" : goto gi-5d1f0a2c9b3e`
package struct VerdictElement: Hashable, Sendable {
  package let address: IPAddress
  package let comment: String?
  package let verdict: Verdict

  package init(address: IPAddress, comment: String?, verdict: Verdict) {
    self.address = address
    self.comment = comment
    self.verdict = verdict
  }
}
