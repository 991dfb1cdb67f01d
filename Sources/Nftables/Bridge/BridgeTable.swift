import NetSets

/// A table of family `bridge`: which addresses may come in by which ports of bridges. IP tables
/// cannot say that, for there the packets of all ports come in by the bridge.
///
/// Its objects are always the same; what differs is who may send, and the rules, one by one, so that
/// one that somebody took away is seen to be missing.
package struct BridgeTable: Hashable, Sendable {
  package let name: String
  package let comment: String?
  /// The set of ports that are looked at, in nft's order.
  package let ports: [String]
  /// The elements of the sets of senders, in nft's order: those of IPv4, then those of IPv6.
  package let senders: [SenderKey]
  package let rules: [BridgeChain: [BridgeRule]]

  /// Ports and senders in any order, perhaps repeated.
  package init(
    name: String, comment: String?, ports: [String], senders: [SenderKey],
    rules: [BridgeChain: [BridgeRule]]
  ) {
    self.name = name
    self.comment = comment
    self.ports = Set(ports).sorted { $0.portBytes.isBeforeInListing($1.portBytes) }
    self.senders = Set(senders).sorted()
    self.rules = rules.filter { !$0.value.isEmpty }
  }

  package func rules(of chain: BridgeChain) -> [BridgeRule] { rules[chain] ?? [] }
}

/// The chains of a bridge table.
package enum BridgeChain: String, Hashable, Sendable, CaseIterable {
  /// What the kernel asks about every frame that comes in by a port.
  case hook = "hook-spoof"
  /// What may come in by a port that is looked at.
  case port = "g-port"
  /// Whose address a neighbour advertisement may tell of.
  case target = "g-target"

  package var comment: String {
    switch self {
    case .hook: "frames of pods"
    case .port: "a pod sends by its own port, hardware address and addresses"
    case .target: "a pod tells where its own addresses are"
    }
  }

  /// Before `br_netfilter` has IP's hooks look at the frame (linux/netfilter_bridge.h,
  /// `NF_BR_PRI_FILTER_BRIDGED`), which nft calls `filter`.
  package static let priority = -200
}

/// The key `iifname . ether saddr . ip saddr`: who may send.
package struct SenderKey: Hashable, Sendable {
  package let port: String
  package let hardware: HardwareAddress
  package let address: IPAddress

  package init(port: String, hardware: HardwareAddress, address: IPAddress) {
    self.port = port
    self.hardware = hardware
    self.address = address
  }

  /// As the kernel has it, each field padded to four bytes.
  package var bytes: [UInt8] { port.portBytes + hardware.bytes + [0, 0] + address.bytes }
}

extension SenderKey: Comparable {
  package static func < (left: SenderKey, right: SenderKey) -> Bool {
    left.address.family == right.address.family
      ? left.bytes.isBeforeInListing(right.bytes) : left.address.family < right.address.family
  }
}

extension String {
  /// The name of an interface as the kernel has it, with zeros after it.
  package var portBytes: [UInt8] {
    let bytes = Array(utf8.prefix(InterfaceName.bytes))
    return bytes + Array(repeating: 0, count: InterfaceName.bytes - bytes.count)
  }
}

extension [UInt8] {
  /// nft 1.0.6 lists concatenations and names by their bytes read as one little-endian number.
  fileprivate func isBeforeInListing(_ other: [UInt8]) -> Bool {
    reversed().lexicographicallyPrecedes(other.reversed())
  }
}

/// A rule of a bridge table.
package enum BridgeRule: Hashable, Sendable {
  /// `iifname @pod-ports goto g-port`
  case lookAtPorts
  /// `ether type 8021q counter name "deny-spoofed" drop`
  case dropTagged(VLANType)
  /// `iifname . ether saddr . ip saddr @own-ip accept`
  case acceptOwnIPv4
  /// `iifname . ether saddr . arp saddr ip @own-ip iifname . arp saddr ether . arp saddr ip @own-ip
  /// accept`
  case acceptOwnARP
  /// `icmpv6 type nd-router-advert counter name "deny-spoofed" drop`
  case dropMessage(NeighborMessage)
  /// `icmpv6 type nd-neighbor-advert jump g-target`
  case lookAtTarget
  /// `iifname . ether saddr . ip6 saddr @own-ip6 accept`
  case acceptOwnIPv6
  /// `iifname "veth0" @th,64,128 0xfd0000000000000000000000000000aa return`: an address of the port.
  /// nft 1.0.6 has no word for the field.
  case returnTarget(port: String, IPAddress)
  /// `counter name "deny-spoofed" drop`
  case drop
}

/// The types of Ethernet frames with a tag of a virtual network (IEEE 802.1Q).
package enum VLANType: UInt16, Hashable, Sendable, CaseIterable {
  case customer = 0x8100
  case service = 0x88a8
}

/// Messages of neighbour discovery that come from routers alone, by their ICMPv6 types (RFC 4861).
package enum NeighborMessage: UInt8, Hashable, Sendable, CaseIterable {
  case routerAdvertisement = 134
  case redirect = 137

  /// The message that says which hardware address an address has.
  package static let neighborAdvertisement: UInt8 = 136
}

extension BridgeTable {
  package static let counter = NamedCounter(
    name: "deny-spoofed", comment: "frames of pods that are not from their own addresses")
  package static let portSet = "pod-ports"

  package static func senderSet(_ family: IPFamily) -> String {
    family == .ipv4 ? "own-ip" : "own-ip6"
  }

  package static let portSetComment = "ports of bridges that pods are behind"

  package static func senderSetComment(_ family: IPFamily) -> String {
    "port, hardware address and \(family == .ipv4 ? "IPv4" : "IPv6") address of each pod"
  }
}
