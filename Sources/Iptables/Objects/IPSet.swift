import NetSets

/// A set of the kernel's ipset. It has a family, as its name does: sets of both share one list.
package struct IPSet: Hashable, Sendable {
  package let name: String
  package let family: IPFamily
  /// What it stands for. The kernel has no room for it, but the file it is loaded from does.
  package let comment: String
  package let content: Content

  /// `maxelem`, which a set is made with.
  package static let mostElements = 16_777_216

  package enum Content: Hashable, Sendable {
    /// `hash:ip`
    case addresses([IPAddress])
    /// `hash:ip,port`: the port with its protocol.
    case endpoints([EndpointKey])
    /// `hash:net`: prefixes that do not overlap, none of them of length 0.
    case prefixes([IPPrefix])
  }

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

  /// - Parameter content: in any order, as the kernel lists it too; it is kept sorted.
  package init(name: String, family: IPFamily, comment: String, content: Content) {
    self.name = name
    self.family = family
    self.comment = comment
    self.content = content.sorted
  }
}

extension IPSet.Content {
  package var count: Int {
    switch self {
    case .addresses(let addresses): addresses.count
    case .endpoints(let keys): keys.count
    case .prefixes(let prefixes): prefixes.count
    }
  }

  /// Ranges as prefixes. `hash:net` takes no prefix of length 0 (ipset(8)), so that one becomes its
  /// halves.
  package static func ranges(_ ranges: [AddressRange]) -> IPSet.Content {
    .prefixes(
      ranges.flatMap(\.prefixes).flatMap { prefix in
        prefix.length == 0 ? halves(of: prefix) : [prefix]
      })
  }

  private static func halves(of prefix: IPPrefix) -> [IPPrefix] {
    let middle = UInt128(1) << UInt128(prefix.family.width - 1)
    return [UInt128(0), middle].map {
      IPPrefix(IPAddress(family: prefix.family, bits: $0), length: 1)
    }
  }
}

extension IPSet.Content {
  fileprivate var sorted: IPSet.Content {
    switch self {
    case .addresses(let addresses): .addresses(addresses.sorted())
    case .prefixes(let prefixes): .prefixes(prefixes.sorted())
    case .endpoints(let keys): .endpoints(keys.sorted())
    }
  }
}

extension IPSet.EndpointKey: Comparable {
  package static func < (left: Self, right: Self) -> Bool {
    (left.address, left.transport, left.port) < (right.address, right.transport, right.port)
  }
}
