import NetSets

/// A packet as far as our rules can tell packets apart.
package struct Packet: Hashable, Sendable {
  package var hook: Hook
  package var source: IPAddress
  package var destination: IPAddress
  package var layer4: IPProtocol
  /// The two bytes at offset 2 of the transport header, whatever the protocol: for ICMP they are
  /// the checksum, and a rule on ports reads them all the same.
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

/// How the node's interfaces and routes look to a packet.
package struct Path: Hashable, Sendable {
  /// Empty for a packet of the node's own.
  package var inInterface = ""
  /// Empty where it is not known yet.
  package var outInterface = ""
  package var isSourceLocal = false
  package var isDestinationLocal = false
  /// Whether the interface that it leaves by has its source for an address.
  package var isSourceOnOutInterface = false
  /// Whether an answer would leave by the interface that it came in by.
  package var isSourceBehindInInterface = true

  package init() {}
}

/// What a table did with a packet.
package struct Evaluation: Hashable, Sendable {
  package internal(set) var accepted = true
  /// How the sender is told, when it is.
  package internal(set) var rejection: Rejection?
  /// By which source it leaves, where a chain of type `nat` said so.
  package internal(set) var translation: SourceTranslation?
  /// The rule that gave the verdict; of several base chains that accepted, the last whose rules
  /// did. Nil when the packet came to the end of every base chain.
  package internal(set) var decidedBy: RuleLocation?
  /// The chains the packet entered, in order, base chains included.
  package internal(set) var path: [String] = []
}

/// The answer of a rejecting rule.
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
