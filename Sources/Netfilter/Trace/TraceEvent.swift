import CNetfilter
import NetSets
import Nftables

/// One thing that nftables did with a packet that is traced (linux/netfilter/nf_tables.h, `enum
/// nft_trace_attributes`).
package struct TraceEvent: Hashable, Sendable {
  /// The same for all events of a packet on its way through the hooks.
  package let packet: UInt32
  /// The family of the packet: its table is of that or of `inet`.
  package let family: IPFamily
  package let table: String
  package let chain: String
  package let kind: Kind
  package let verdict: TracedVerdict
  /// The packet, in its first event of a hook; nil where it is not told.
  package let header: TracedHeader?

  package enum Kind: Hashable, Sendable {
    case rule(RuleHandle)
    /// The end of a chain that another led to.
    case `return`
    /// The end of a base chain.
    case policy
  }
}

/// What came of it.
package enum TracedVerdict: Hashable, Sendable {
  case accept
  case drop
  /// The next rule is asked.
  case next
  case `return`
  case jump(String)
  case goto(String)
  case other
}

/// Who sends to whom.
package struct TracedHeader: Hashable, Sendable {
  package let source: IPAddress
  package let destination: IPAddress
  package let layer4: IPProtocol
  /// nil where the protocol has no ports, and in a fragment.
  package let ports: Ports?

  package struct Ports: Hashable, Sendable {
    package let source: UInt16
    package let destination: UInt16
  }
}

extension TraceEvent {
  /// nil when it is no event of a packet of ours, or cannot be read.
  init?(_ message: Message) {
    guard
      Int(message.header.nlmsg_type)
        == Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(NFT_MSG_TRACE.rawValue),
      let packet = message.attribute(NFTA_TRACE_ID.rawValue)?.number,
      let table = message.attribute(NFTA_TRACE_TABLE.rawValue)?.string,
      let chain = message.attribute(NFTA_TRACE_CHAIN.rawValue)?.string,
      let number = message.attribute(NFTA_TRACE_NFPROTO.rawValue)?.number,
      let family = IPFamily.allCases.first(where: { UInt64($0.number) == number })
    else { return nil }
    let type = message.attribute(NFTA_TRACE_TYPE.rawValue)?.number ?? 0
    switch UInt32(truncatingIfNeeded: type) {
    case UInt32(NFT_TRACETYPE_RULE.rawValue):
      kind = .rule(message.attribute(NFTA_TRACE_RULE_HANDLE.rawValue)?.number ?? 0)
    case UInt32(NFT_TRACETYPE_RETURN.rawValue): kind = .return
    case UInt32(NFT_TRACETYPE_POLICY.rawValue): kind = .policy
    default: return nil
    }
    self.packet = UInt32(truncatingIfNeeded: packet)
    self.family = family
    self.table = table
    self.chain = chain
    if kind == .policy {
      let policy = message.attribute(NFTA_TRACE_POLICY.rawValue)?.number
      verdict = policy == UInt64(NF_DROP) ? .drop : .accept
    } else {
      verdict = TracedVerdict(message.attribute(NFTA_TRACE_VERDICT.rawValue))
    }
    header = TracedHeader(
      family, network: message.attribute(NFTA_TRACE_NETWORK_HEADER.rawValue),
      transport: message.attribute(NFTA_TRACE_TRANSPORT_HEADER.rawValue))
  }
}

extension TracedVerdict {
  fileprivate init(_ attribute: Attribute?) {
    var code: Int32?
    var chain: String?
    if let attribute {
      for part in attribute.nested {
        switch part.type {
        case Int(NFTA_VERDICT_CODE.rawValue):
          code = Int32(bitPattern: UInt32(truncatingIfNeeded: part.number))
        case Int(NFTA_VERDICT_CHAIN.rawValue): chain = part.string
        default: break
        }
      }
    }
    self =
      switch (code, chain) {
      case (NF_ACCEPT, _): .accept
      case (NF_DROP, _): .drop
      case (NFT_CONTINUE.rawValue, _): .next
      case (NFT_RETURN.rawValue, _): .return
      case (NFT_JUMP.rawValue, let chain?): .jump(chain)
      case (NFT_GOTO.rawValue, let chain?): .goto(chain)
      default: .other
      }
  }
}

extension TracedHeader {
  /// RFC 791 §3.1 and RFC 8200 §3, of which the kernel tells the fixed part.
  fileprivate init?(_ family: IPFamily, network: Attribute?, transport: Attribute?) {
    guard let network = network.map({ Array($0.value) }) else { return nil }
    func address(_ offset: Int) -> IPAddress {
      let bytes = network[offset..<(offset + family.width / 8)]
      return IPAddress(family: family, bits: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }
    switch family {
    case .ipv4:
      guard network.count >= 20 else { return nil }
      source = address(12)
      destination = address(16)
      layer4 = IPProtocol(number: network[9])
    case .ipv6:
      guard network.count >= 40 else { return nil }
      source = address(8)
      destination = address(24)
      layer4 = IPProtocol(number: network[6])
    }
    let start = transport.map { Array($0.value.prefix(4)) } ?? []
    ports =
      start.count == 4 && Transport(rawValue: layer4.number) != nil
      ? Ports(
        source: UInt16(start[0]) << 8 | UInt16(start[1]),
        destination: UInt16(start[2]) << 8 | UInt16(start[3])) : nil
  }
}
