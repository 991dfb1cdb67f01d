import CNetfilter
import NetSets
import Nftables

extension Instruction.Source {
  /// Where TCP, UDP and SCTP have the destination port.
  static let destinationPort = Instruction.Source.transport(offset: 2, length: 2)
  /// RFC 4443 §2.1.
  static let icmpv6Type = Instruction.Source.transport(offset: 0, length: 1)

  var length: Int {
    switch self {
    case .connectionState: 4
    case .layer4: 1
    case .etherType: 2
    case .link(_, let length), .network(_, let length), .transport(_, let length): length
    case .interfaceName: InterfaceName.bytes
    case .route: 4
    }
  }

  /// What `meta` loads, with linux/netfilter/nf_tables.h's `enum nft_meta_keys`.
  static let metaKeys: [(source: Instruction.Source, key: UInt32)] = [
    (.layer4, UInt32(NFT_META_L4PROTO.rawValue)),
    (.etherType, UInt32(NFT_META_PROTOCOL.rawValue)),
    (.interfaceName(.in), UInt32(NFT_META_IIFNAME.rawValue)),
    (.interfaceName(.out), UInt32(NFT_META_OIFNAME.rawValue)),
  ]
}

extension Instruction.RouteQuestion {
  var result: UInt32 {
    switch self {
    case .kindOfSource, .kindOfDestination, .kindOfSourceOnOutInterface:
      UInt32(NFT_FIB_RESULT_ADDRTYPE.rawValue)
    case .isSourceBehindInInterface: UInt32(NFT_FIB_RESULT_OIF.rawValue)
    }
  }

  var flags: UInt32 {
    let flags =
      switch self {
      case .kindOfSource: [NFTA_FIB_F_SADDR]
      case .kindOfDestination: [NFTA_FIB_F_DADDR]
      case .kindOfSourceOnOutInterface: [NFTA_FIB_F_SADDR, NFTA_FIB_F_OIF]
      case .isSourceBehindInInterface: [NFTA_FIB_F_SADDR, NFTA_FIB_F_IIF, NFTA_FIB_F_PRESENT]
      }
    return flags.reduce(0) { $0 | UInt32($1.rawValue) }
  }

  /// What `fib` says of an address of the node's own: `RTN_LOCAL` (linux/rtnetlink.h).
  static let local = machineBytes(UInt32(RTN_LOCAL))
}

extension SourcePorts.Choice {
  /// linux/netfilter/nf_nat.h
  var flags: UInt32 {
    switch self {
    case .kept: 0
    case .random: UInt32(NF_NAT_RANGE_PROTO_RANDOM)
    case .fullyRandom: UInt32(NF_NAT_RANGE_PROTO_RANDOM_FULLY)
    }
  }
}

extension SourcePorts {
  /// With what says that there is a range of ports.
  var flags: UInt32 { choice.flags | (range == nil ? 0 : UInt32(NF_NAT_RANGE_PROTO_SPECIFIED)) }
}

/// RFC 9293 §3.1.
enum TCPFlags {
  static let field = Instruction.Source.transport(offset: 13, length: 1)
  /// FIN, SYN, RST, ACK.
  static let looked: UInt8 = 0x17
  /// SYN.
  static let start: UInt8 = 0x02
}

extension IPFamily {
  /// An address in the header, or its first bytes: RFC 791 §3.1, RFC 8200 §3.
  func field(_ field: AddressField, length: Int? = nil) -> Instruction.Source {
    .network(offset: offset(field), length: length ?? width / 8)
  }

  private func offset(_ field: AddressField) -> Int {
    switch (self, field) {
    case (.ipv4, .source): 12
    case (.ipv4, .destination): 16
    case (.ipv6, .source): 8
    case (.ipv6, .destination): 24
    }
  }

  /// `ip saddr . ip daddr . meta l4proto . th dport`
  var flowKey: [Instruction.Source] {
    [field(.source), field(.destination), .layer4, .destinationPort]
  }

  /// The first bits set, as many as given.
  func mask(_ length: Int) -> UInt128 {
    length == 0 ? 0 : highest & ~((UInt128(1) << UInt128(width - length)) &- 1)
  }

  /// How tables of the family are numbered (linux/netfilter.h).
  var number: UInt8 {
    switch self {
    case .ipv4: UInt8(NFPROTO_IPV4)
    case .ipv6: UInt8(NFPROTO_IPV6)
    }
  }
}

/// The family of bridge tables (linux/netfilter.h).
let bridgeNumber = UInt8(NFPROTO_BRIDGE)

extension ConnectionState {
  /// linux/netfilter/nf_conntrack_common.h: `NF_CT_STATE_INVALID_BIT`, and `NF_CT_STATE_BIT` of
  /// each `enum ip_conntrack_info`.
  var bit: UInt32 {
    switch self {
    case .invalid: 1
    case .established: 2
    case .related: 4
    case .new: 8
    case .untracked: 64
    }
  }
}

/// linux/netfilter/nf_tables.h, `enum nft_reject_types`, and what it answers with.
enum Reject {
  static let reset = Instruction.reject(type: UInt32(NFT_REJECT_TCP_RST.rawValue), code: 0)

  /// `ICMP_PKT_FILTERED` and `ICMPV6_ADM_PROHIBITED`.
  static func prohibited(_ family: IPFamily) -> Instruction {
    .reject(type: UInt32(NFT_REJECT_ICMP_UNREACH.rawValue), code: family == .ipv4 ? 13 : 1)
  }
}

/// A number in the order of this machine, as the kernel keeps its own.
func machineBytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

func bigEndianBytes(_ number: UInt16) -> [UInt8] {
  [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
}
