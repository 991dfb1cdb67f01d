import NetSets
import Nftables

/// The kinds of sets, and how nft and the kernel say them.
enum SetKeys: Hashable {
  case address
  case endpoint
  case flow
  case layer4
  /// Of bridge tables: a port, and who may send by it.
  case port
  case sender

  init(_ content: SetContent) {
    self =
      switch content {
      case .addresses, .intervals: .address
      case .endpoints: .endpoint
      case .flows: .flow
      }
  }

  /// nft's number of the type: those of the fields, six bits each (nft's src/datatype.c).
  func type(_ family: IPFamily) -> UInt32 {
    fields(family).reduce(0) { $0 << 6 | $1.type }
  }

  /// The bytes of a key, each field padded to four.
  func length(_ family: IPFamily) -> Int {
    let fields = fields(family)
    return fields.count == 1 ? fields[0].length : fields.reduce(0) { $0 + ($1.length + 3) & ~3 }
  }

  /// nft's `enum byteorder`: big endian for one address, the machine's for one name, and not known
  /// for several fields.
  var byteOrder: UInt32 {
    switch self {
    case .address: 2
    case .port: 1
    case .endpoint, .flow, .layer4, .sender: 0
    }
  }

  private func fields(_ family: IPFamily) -> [(type: UInt32, length: Int)] {
    // TYPE_IPADDR and TYPE_IP6ADDR, TYPE_INET_PROTOCOL, TYPE_INET_SERVICE
    let address: (type: UInt32, length: Int) = (family == .ipv4 ? 7 : 8, family.width / 8)
    let layer4: (type: UInt32, length: Int) = (12, 1)
    let port: (type: UInt32, length: Int) = (13, 2)
    // TYPE_IFNAME, TYPE_ETHERADDR
    let interface: (type: UInt32, length: Int) = (41, InterfaceName.bytes)
    let hardware: (type: UInt32, length: Int) = (9, 6)
    return switch self {
    case .address: [address]
    case .endpoint: [address, layer4, port]
    case .flow: [address, address, layer4, port]
    case .layer4: [layer4]
    case .port: [interface]
    case .sender: [interface, hardware, address]
    }
  }
}

extension EndpointKey {
  init?(keyBytes bytes: [UInt8], family: IPFamily) {
    let length = family.width / 8
    guard bytes.count == length + 8, let transport = Transport(rawValue: bytes[length]),
      let address = IPAddress(keyBytes: Array(bytes.prefix(length)), family: family)
    else { return nil }
    let port = UInt16(bytes[length + 4]) << 8 | UInt16(bytes[length + 5])
    self.init(address: address, transport: transport, port: port)
  }
}

extension IPAddress {
  init?(keyBytes bytes: [UInt8], family: IPFamily) {
    guard bytes.count == family.width / 8 else { return nil }
    self.init(family: family, bits: bytes.reduce(0) { $0 << 8 | UInt128($1) })
  }
}

/// A set that belongs to one rule.
enum AnonymousSet {
  /// The kernel puts a number in (nf_tables_api.c, `nf_tables_set_alloc_name`).
  static let template = "__set%d"
}
