import CNetfilter
import Glibc
import Host
import NetSets
import Nftables

/// The connections that a network namespace tracks, over netlink (ctnetlink).
package final class Conntrack {
  private let socket: NetlinkSocket

  /// - Parameter namespace: where the socket is opened, and stays; nil for the calling thread's.
  package init(in namespace: NetworkNamespace? = nil) throws {
    socket = try NetlinkSocket(in: namespace)
  }

  /// What `conntrack -L` lists, of both families. The table is never still: an entry that comes or
  /// goes meanwhile may be listed or not.
  package func entries() throws(KernelFailure) -> [ConnectionEntry] {
    try ask(IPCTNL_MSG_CT_GET, flags: NLM_F_DUMP) { _ in }
      .map { ConnectionEntry($0) }.compactMap { $0 }
  }

  /// What `conntrack -D` does, of exactly this entry.
  ///
  /// - Returns: false when it is gone already, or its place is taken by another connection.
  package func delete(_ entry: ConnectionEntry) throws(KernelFailure) -> Bool {
    do throws(RequestFailure) {
      _ = try socket.ask(
        Conntrack.type(IPCTNL_MSG_CT_DELETE), family: entry.original.source.family.number
      ) { request in
        request.put(
          Int(CTA_TUPLE_ORIG.rawValue) | Int(NLA_F_NESTED), entry.originalAttributes)
        request.put(CTA_ID.rawValue, number: entry.id)
        if entry.zone != 0 { request.put(CTA_ZONE.rawValue, number: entry.zone) }
      }
      return true
    } catch {
      if case .refused(code: ENOENT) = error { return false }
      throw Conntrack.failure(error)
    }
  }

  func ask(
    _ type: cntl_msg_types, family: UInt8 = 0, flags: Int32,
    _ attributes: (inout MessageWriter) -> Void
  ) throws(KernelFailure) -> Messages {
    do throws(RequestFailure) {
      return try socket.ask(Conntrack.type(type), family: family, flags: flags, attributes)
    } catch {
      throw Conntrack.failure(error)
    }
  }

  private static func type(_ type: cntl_msg_types) -> Int {
    Int(NFNL_SUBSYS_CTNETLINK) << 8 | Int(type.rawValue)
  }

  private static func failure(_ failure: RequestFailure) -> KernelFailure {
    // nfnetlink.c, `nfnetlink_rcv_msg`: nobody has registered for such messages.
    guard case .refused(code: EINVAL) = failure else { return KernelFailure(failure) }
    return .unable(
      code: EINVAL,
      reason: "the kernel does not list connections: it lacks the module nf_conntrack_netlink")
  }
}

/// One tracked connection.
package struct ConnectionEntry: Hashable, Sendable {
  /// The kernel's number, which no other entry has at the same time.
  package let id: UInt32
  /// The first packet, as it came.
  package let original: ConnectionTuple
  /// What an answer looks like: with NAT, its source is where the packet really went.
  package let reply: ConnectionTuple
  package let status: ConnectionStatus
  /// Separates networks with the same addresses; mostly zero.
  package let zone: UInt16
  /// Whether it is TCP that the kernel met in its middle, so that either end may have opened it and
  /// `original` is only the direction of the first packet that was seen.
  package let isMetInItsMiddle: Bool
  /// The original tuple as the kernel has it, to name the entry by.
  let originalAttributes: [UInt8]
}

/// The header fields that tell connections apart.
package struct ConnectionTuple: Hashable, Sendable {
  package let source: IPAddress
  package let destination: IPAddress
  package let layer4: IPProtocol
  /// Nil for protocols without ports.
  package let sourcePort: UInt16?
  package let destinationPort: UInt16?

  package init(
    source: IPAddress, destination: IPAddress, layer4: IPProtocol, sourcePort: UInt16?,
    destinationPort: UInt16?
  ) {
    self.source = source
    self.destination = destination
    self.layer4 = layer4
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
  }
}

/// linux/netfilter/nf_conntrack_common.h, `enum ip_conntrack_status`.
package struct ConnectionStatus: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Packets went both ways.
  package static let seenReply = ConnectionStatus(rawValue: 1 << 1)
  /// Not dropped early when the table is full.
  package static let assured = ConnectionStatus(rawValue: 1 << 2)
  /// Its first packet has left the machine.
  package static let confirmed = ConnectionStatus(rawValue: 1 << 3)
  /// Its source was or will be translated.
  package static let sourceTranslated = ConnectionStatus(rawValue: 1 << 4)
  /// Its destination was or will be translated.
  package static let destinationTranslated = ConnectionStatus(rawValue: 1 << 5)
}

extension ConnectionEntry {
  /// Whether one of its ends, as packets really go, has one of the addresses.
  ///
  /// An address that is only a destination is none that packets go to: they are translated to
  /// another, which is the source of their answers.
  package func hasEnd(in addresses: Set<IPAddress>) -> Bool {
    addresses.contains(original.source) || addresses.contains(reply.source)
  }

  /// - Returns: nil for what is no entry of ours: another family, or without what we need.
  init?(_ message: Message) {
    func number(_ type: ctattr_type) -> UInt64? { message.attribute(type.rawValue)?.number }
    guard let original = message.attribute(CTA_TUPLE_ORIG.rawValue),
      let reply = message.attribute(CTA_TUPLE_REPLY.rawValue),
      let originalTuple = ConnectionTuple(original), let replyTuple = ConnectionTuple(reply),
      let id = number(CTA_ID)
    else { return nil }
    self.init(
      id: UInt32(truncatingIfNeeded: id), original: originalTuple, reply: replyTuple,
      status: ConnectionStatus(rawValue: UInt32(truncatingIfNeeded: number(CTA_STATUS) ?? 0)),
      zone: UInt16(truncatingIfNeeded: number(CTA_ZONE) ?? 0),
      isMetInItsMiddle: tcpFlags(message).map { $0 & beLiberal != 0 } ?? false,
      originalAttributes: Array(original.value))
  }
}

/// `IP_CT_TCP_FLAG_BE_LIBERAL` (nf_conntrack_tcp.h): set for both directions by `tcp_new` when the
/// first packet is no SYN, for the window's scale is not known then.
private let beLiberal: UInt8 = 0x08

/// `struct nf_ct_tcp_flags` of the original direction: flags, then a mask.
private func tcpFlags(_ message: Message) -> UInt8? {
  guard let info = message.attribute(CTA_PROTOINFO.rawValue),
    let tcp = Attributes.first(CTA_PROTOINFO_TCP.rawValue, in: info.value)
  else { return nil }
  return Attributes.first(CTA_PROTOINFO_TCP_FLAGS_ORIGINAL.rawValue, in: tcp.value)?.value.first
}

extension ConnectionTuple {
  fileprivate init?(_ tuple: Attribute) {
    guard let ip = Attributes.first(CTA_TUPLE_IP.rawValue, in: tuple.value),
      let transport = Attributes.first(CTA_TUPLE_PROTO.rawValue, in: tuple.value),
      let layer4 = Attributes.first(CTA_PROTO_NUM.rawValue, in: transport.value)
    else { return nil }
    func address(_ ipv4: ctattr_ip, _ ipv6: ctattr_ip) -> IPAddress? {
      if let found = Attributes.first(ipv4.rawValue, in: ip.value) {
        return IPAddress(keyBytes: Array(found.value), family: .ipv4)
      }
      return Attributes.first(ipv6.rawValue, in: ip.value)
        .flatMap { IPAddress(keyBytes: Array($0.value), family: .ipv6) }
    }
    func port(_ type: ctattr_l4proto) -> UInt16? {
      Attributes.first(type.rawValue, in: transport.value)
        .map { UInt16(truncatingIfNeeded: $0.number) }
    }
    guard let source = address(CTA_IP_V4_SRC, CTA_IP_V6_SRC),
      let destination = address(CTA_IP_V4_DST, CTA_IP_V6_DST)
    else { return nil }
    self.init(
      source: source, destination: destination,
      layer4: IPProtocol(number: UInt8(truncatingIfNeeded: layer4.number)),
      sourcePort: port(CTA_PROTO_SRC_PORT), destinationPort: port(CTA_PROTO_DST_PORT))
  }
}
