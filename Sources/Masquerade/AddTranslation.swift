import NetSets

extension Masquerade {
  /// A rule for any port; with a range of ports, one for each protocol that has ports, and one for
  /// the others.
  mutating func addTranslation(
    _ conditions: [Condition], ports: Ports, to addresses: [IPAddress], _ origin: Origin
  ) {
    func action(_ ports: Ports) -> Action {
      addresses.isEmpty ? .masquerade(ports) : .address(addresses, ports)
    }
    if ports.range != nil {
      for transport in Transport.allCases {
        add(Rule(conditions + [.transport(transport)], action(ports), origin))
      }
    }
    add(Rule(conditions, action(Ports(nil, ports.choice)), origin))
  }
}
