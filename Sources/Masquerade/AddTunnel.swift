import NetSets

extension Masquerade {
  /// Packets of the node that go through a tunnel to pods must have the tunnel's address, or the
  /// answer comes back another way: the source was chosen before a service's address was replaced
  /// with that of a pod elsewhere.
  /// - Parameter family: nil for both.
  mutating func addTunnel(
    _ name: InterfacePattern, _ family: IPFamily? = nil, udpPorts: ClosedRange<UInt16>? = nil
  ) {
    let conditions =
      [family].compactMap(\.self).map(Condition.family) + [
        .outInterface(name, negated: false), .sourceNotOnOutInterface, .sourceIsLocal,
      ]
    let origin = Origin("the node's connections through \(name)")
    if let udpPorts {
      add(Rule(conditions + [.transport(.udp)], .masquerade(Ports(udpPorts, .fully)), origin))
    }
    add(Rule(conditions, .masquerade(Ports(nil, .fully)), origin))
  }
}
