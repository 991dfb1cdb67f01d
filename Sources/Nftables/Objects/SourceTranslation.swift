import NetSets

/// By which source a connection leaves the node.
package enum SourceTranslation: Hashable, Sendable {
  /// `masquerade`: the address of the interface that it leaves by.
  case masquerade(SourcePorts)
  /// `snat to 192.0.2.1`
  case address(IPAddress, SourcePorts)
  /// `snat to ip saddr`: its own. The connection counts as translated with that, so that no chain
  /// asked later, of whatever table, gives it another (nf_nat_core.c, `nf_nat_initialized`).
  case own
}

/// By which source port.
package struct SourcePorts: Hashable, Sendable {
  /// nil for any; a port is kept where it is free, unless `choice` says otherwise. Only what has
  /// ports can be translated to some, so that the rule must name a protocol.
  package let range: ClosedRange<UInt16>?
  package let choice: Choice

  package init(_ range: ClosedRange<UInt16>? = nil, _ choice: Choice) {
    self.range = range
    self.choice = choice
  }

  /// linux/netfilter/nf_nat.h, `NF_NAT_RANGE_PROTO_RANDOM` and `NF_NAT_RANGE_PROTO_RANDOM_FULLY`.
  package enum Choice: String, Hashable, Sendable, CaseIterable {
    case kept = ""
    /// From a hash of the connection's addresses.
    case random
    /// From a generator of random numbers.
    case fullyRandom = "fully-random"
  }
}
