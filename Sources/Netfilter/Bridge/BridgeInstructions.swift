import CNetfilter
import NetSets
import Nftables

extension BridgeRule {
  /// The rule as nft 1.0.6 compiles it (`nft --debug=netlink`).
  var instructions: [Instruction] {
    switch self {
    case .lookAtPorts:
      [
        .load(.interfaceName(.in), register: Register.first),
        .lookup(.named(BridgeTable.portSet), inverted: false),
        .verdict(.goto(BridgeChain.port.rawValue)),
      ]
    case .dropTagged(let type): etherType(type.rawValue) + dropping
    case .acceptOwnIPv4:
      contains(EtherType.ipv4)
        + isSender(Ethernet.sender, IPFamily.ipv4.field(.source), .ipv4) + [.verdict(.accept)]
    case .acceptOwnARP:
      etherType(EtherType.arp) + isSender(Ethernet.sender, ARP.senderAddress, .ipv4)
        + isSender(ARP.sender, ARP.senderAddress, .ipv4) + [.verdict(.accept)]
    case .dropMessage(let message): isMessage(message.rawValue) + dropping
    case .lookAtTarget:
      isMessage(NeighborMessage.neighborAdvertisement)
        + [.verdict(.jump(BridgeChain.target.rawValue))]
    case .acceptOwnIPv6:
      contains(EtherType.ipv6)
        + isSender(Ethernet.sender, IPFamily.ipv6.field(.source), .ipv6) + [.verdict(.accept)]
    case .returnTarget(let port, let address):
      [
        .load(.interfaceName(.in), register: Register.first), .compare(.equal, port.portBytes),
        .load(advertisedTarget, register: Register.first), .compare(.equal, address.bytes),
        .verdict(.return),
      ]
    case .drop: dropping
    }
  }

  /// - Returns: nil for what we never write.
  init?(_ code: [Instruction]) {
    if let rule = BridgeRule.fixed.first(where: { $0.instructions == code }) {
      self = rule
      return
    }
    guard code.count == 5, case .compare(_, let portBytes) = code[1],
      case .compare(_, let addressBytes) = code[3],
      let port = String(portBytes: portBytes),
      let address = IPAddress(keyBytes: addressBytes, family: .ipv6)
    else { return nil }
    self = .returnTarget(port: port, address)
    guard instructions == code else { return nil }
  }
}

extension String {
  /// The name of an interface as the kernel has it.
  init?(portBytes bytes: [UInt8]) {
    let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    guard BridgeTable.isPort(name), name.portBytes == bytes else { return nil }
    self = name
  }
}

/// linux/if_ether.h
private enum EtherType {
  static let ipv4: UInt16 = 0x0800
  static let arp: UInt16 = 0x0806
  static let ipv6: UInt16 = 0x86dd
}

private enum Ethernet {
  static let sender = Instruction.Source.link(offset: 6, length: 6)
  static let type = Instruction.Source.link(offset: 12, length: 2)
}

/// RFC 826, with addresses of Ethernet and IPv4.
private enum ARP {
  static let sender = Instruction.Source.network(offset: 8, length: 6)
  static let senderAddress = Instruction.Source.network(offset: 14, length: 4)
}

/// RFC 4861 §4.4.
private let advertisedTarget = Instruction.Source.transport(offset: 8, length: 16)

private let dropping: [Instruction] = [
  .namedCounter(BridgeTable.counter.name), .verdict(.drop),
]

/// `ether type`: that of the frame itself.
private func etherType(_ type: UInt16) -> [Instruction] {
  [.load(Ethernet.type, register: Register.first), .compare(.equal, bigEndianBytes(type))]
}

/// `meta protocol`
private func contains(_ type: UInt16) -> [Instruction] {
  [.load(.etherType, register: Register.first), .compare(.equal, bigEndianBytes(type))]
}

private func isMessage(_ type: UInt8) -> [Instruction] {
  etherType(EtherType.ipv6) + [
    .load(.layer4, register: Register.first), .compare(.equal, [IPProtocol.icmpv6.number]),
    .load(.icmpv6Type, register: Register.first), .compare(.equal, [type]),
  ]
}

private func isSender(
  _ hardware: Instruction.Source, _ address: Instruction.Source, _ family: IPFamily
) -> [Instruction] {
  loads([.interfaceName(.in), hardware, address])
    + [.lookup(.named(BridgeTable.senderSet(family)), inverted: false)]
}
