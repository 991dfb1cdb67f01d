import NetSets

/// The words nft has for numbers.
enum Names {
  /// `meta l4proto` values as nft prints them. nft asks `getprotobynumber`, so this is Debian's
  /// `/etc/protocols`; a host without that file prints numbers, which the parser reads as well.
  static let protocols: [UInt8: String] = [
    0: "ip", 1: "icmp", 2: "igmp", 3: "ggp", 4: "ipencap", 5: "st", 6: "tcp", 8: "egp", 9: "igp",
    12: "pup", 17: "udp", 20: "hmp", 22: "xns-idp", 27: "rdp", 29: "iso-tp4", 33: "dccp",
    36: "xtp", 37: "ddp", 38: "idpr-cmtp", 41: "ipv6", 43: "ipv6-route", 44: "ipv6-frag",
    45: "idrp", 46: "rsvp", 47: "gre", 50: "esp", 51: "ah", 57: "skip", 58: "ipv6-icmp",
    59: "ipv6-nonxt", 60: "ipv6-opts", 73: "rspf", 81: "vmtp", 88: "eigrp", 89: "ospf",
    93: "ax.25", 94: "ipip", 97: "etherip", 98: "encap", 103: "pim", 108: "ipcomp", 112: "vrrp",
    115: "l2tp", 124: "isis", 132: "sctp", 133: "fc", 135: "mobility-header", 136: "udplite",
    137: "mpls-in-ip", 138: "manet", 139: "hip", 140: "shim6", 141: "wesp", 142: "rohc",
    143: "ethernet",
  ]

  /// Reads what `protocols` writes, a number, and nft's own keywords for two protocols.
  static func protocolNumber(_ name: String) -> UInt8? {
    protocolNumbers[name] ?? UInt8(name)
  }

  private static let protocolNumbers: [String: UInt8] = {
    var numbers = inverted(protocols)
    numbers["icmpv6"] = 58
    numbers["comp"] = 108
    return numbers
  }()

  /// Single `icmpv6 type` values; ranges are always printed as numbers.
  static let icmpv6Types: [UInt8: String] = [
    1: "destination-unreachable", 2: "packet-too-big", 3: "time-exceeded", 4: "parameter-problem",
    128: "echo-request", 129: "echo-reply", 130: "mld-listener-query",
    131: "mld-listener-report", 132: "mld-listener-done", 133: "nd-router-solicit",
    134: "nd-router-advert", 135: "nd-neighbor-solicit", 136: "nd-neighbor-advert",
    137: "nd-redirect", 138: "router-renumbering", 141: "ind-neighbor-solicit",
    142: "ind-neighbor-advert", 143: "mld2-listener-report",
  ]

  static func icmpv6Number(_ name: String) -> UInt8? { icmpv6Numbers[name] ?? UInt8(name) }

  private static let icmpv6Numbers = inverted(icmpv6Types)

  /// The priorities that have names at a hook, in the order in which nft asks them. (`dstnat` has
  /// one at `prerouting`.)
  static func priorities(at hook: Hook) -> [(name: String, value: Int)] {
    let everywhere = [("raw", -300), ("mangle", -150)]
    let filter = [("filter", 0), ("security", 50)]
    switch hook {
    case .prerouting: return everywhere + [("dstnat", -100)] + filter
    case .forward, .input, .output: return everywhere + filter
    case .postrouting: return everywhere + filter + [("srcnat", 100)]
    }
  }

  private static func inverted(_ names: [UInt8: String]) -> [String: UInt8] {
    var numbers: [String: UInt8] = [:]
    for (number, name) in names { numbers[name] = number }
    return numbers
  }
}

extension IPFamily {
  /// The table family, and the keyword before `saddr`.
  package var nftName: String {
    switch self {
    case .ipv4: "ip"
    case .ipv6: "ip6"
    }
  }

  /// The type of an address in a set.
  var addressType: String {
    switch self {
    case .ipv4: "ipv4_addr"
    case .ipv6: "ipv6_addr"
    }
  }

  /// The protocol that `reject with … admin-prohibited` names.
  var icmpName: String {
    switch self {
    case .ipv4: "icmp"
    case .ipv6: "icmpv6"
    }
  }

  /// The data type of `NamedSet` content that counts ports on addresses.
  var endpointType: String { "\(addressType) . inet_proto . inet_service" }

  /// The data type of the dynamic sets.
  var flowType: String { "\(addressType) . \(addressType) . inet_proto . inet_service" }
}
