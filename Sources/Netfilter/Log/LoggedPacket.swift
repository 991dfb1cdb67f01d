import CNetfilter
import NetSets

/// A packet that a rule sent to an nflog group (linux/netfilter/nfnetlink_log.h, `enum
/// nfulnl_attr_type`).
package struct LoggedPacket: Hashable, Sendable {
  /// What the rule says of it.
  package let prefix: String
  package let header: PacketHeader
  /// By which it came in; nil for one that this machine sends.
  package let inInterface: InterfaceNumber?
  /// By which it would leave; nil for one that is for this machine.
  package let outInterface: InterfaceNumber?

  package typealias InterfaceNumber = UInt32

  package init(
    prefix: String, header: PacketHeader, inInterface: InterfaceNumber?,
    outInterface: InterfaceNumber?
  ) {
    self.prefix = prefix
    self.header = header
    self.inInterface = inInterface
    self.outInterface = outInterface
  }

  static let messageType = Int(NFNL_SUBSYS_ULOG) << 8 | Int(NFULNL_MSG_PACKET.rawValue)

  /// nil for what is no packet of IP.
  init?(_ message: Message) {
    guard let payload = message.attribute(NFULA_PAYLOAD.rawValue),
      let header = PacketHeader(Array(payload.value))
    else { return nil }
    func interface(_ type: nfulnl_attr_type) -> InterfaceNumber? {
      message.attribute(type.rawValue).map { InterfaceNumber(truncatingIfNeeded: $0.number) }
    }
    self.init(
      prefix: message.attribute(NFULA_PREFIX.rawValue)?.string ?? "", header: header,
      inInterface: interface(NFULA_IFINDEX_INDEV), outInterface: interface(NFULA_IFINDEX_OUTDEV))
  }

  /// The number of a record, from 0; nil for other messages.
  static func sequence(_ message: Message) -> UInt32? {
    guard Int(message.header.nlmsg_type) == messageType else { return nil }
    return message.attribute(NFULA_SEQ.rawValue).map { UInt32(truncatingIfNeeded: $0.number) }
  }
}
