import NetSets

/// A packet as far as our rules can tell packets apart.
package struct Packet: Hashable, Sendable {
  package var hook: Hook
  package var source: IPAddress
  package var destination: IPAddress
  package var layer4: IPProtocol
  /// Of TCP, UDP and SCTP; no match of ours reads it of another protocol.
  package var destinationPort: UInt16
  package var icmpType: UInt8?
  package var state: ConnectionState
  /// Whether it is TCP with SYN and neither ACK, RST nor FIN.
  package var startsTCP: Bool
  package var path = Path()

  package init(
    hook: Hook = .forward, source: IPAddress, destination: IPAddress, layer4: IPProtocol,
    destinationPort: UInt16 = 0, icmpType: UInt8? = nil, state: ConnectionState = .new,
    startsTCP: Bool = true
  ) {
    precondition(source.family == destination.family, "a packet has addresses of one family")
    self.hook = hook
    self.source = source
    self.destination = destination
    self.layer4 = layer4
    self.destinationPort = destinationPort
    self.icmpType = icmpType
    self.state = state
    self.startsTCP = startsTCP
  }

  func address(_ field: AddressField) -> IPAddress {
    switch field {
    case .source: source
    case .destination: destination
    }
  }
}

/// How the node's interfaces and addresses look to a packet.
package struct Path: Hashable, Sendable {
  package var outInterface = ""
  package var isSourceLocal = false
  package var isDestinationLocal = false
  /// Whether the interface that it leaves by has its source for an address.
  package var isSourceOnOutInterface = false

  package init() {}
}

/// What our rules did with a packet.
package struct Evaluation: Hashable, Sendable {
  /// Whether it went on to the rules of others; nothing of ours accepts for good.
  package internal(set) var passed = true
  package internal(set) var rejection: Rejection?
  /// The last rule that returned from a chain, or the one that stopped the packet.
  package internal(set) var decidedBy: RuleLocation?
  /// Every rule that matched, in order: those whose counters the packet is in.
  package internal(set) var counted: [RuleLocation] = []
}

package enum Rejection: Hashable, Sendable {
  case tcpReset
  /// ICMP "communication administratively prohibited", of the packet's family.
  case prohibited
}

/// A rule by its place.
package struct RuleLocation: Hashable, Sendable {
  package let chain: String
  /// From 0.
  package let index: Int
  package let comment: String?
}
