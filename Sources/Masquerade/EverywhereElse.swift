import NetSets

extension Masquerade {
  /// As ip-masq-agent has it, and what was made after it: whoever the source is, also the node, to
  /// everywhere but some ranges.
  /// - Parameters:
  ///   - pods: whose addresses are kept where other translators would take them.
  ///   - families: of which there are rules at all.
  ///   - way: nil for any interface.
  init(
    _ profile: Profile, pods: AddressGroup, keeping destinations: AddressGroup,
    in families: Set<IPFamily> = Set(IPFamily.allCases), by way: InterfacePattern? = nil,
    _ ports: Ports, _ origin: Origin
  ) {
    self.init(profile: profile, kept: Kept(pods: pods, destinations: destinations))
    let skip = add(destinations)
    let only = families.count == 1 ? families.map(Condition.family) : []
    let outside = only + [.destinationIsLocal(negated: true)]
    add(Rule(outside + [.destination(skip, negated: false)], .keep, origin))
    let ways = [way].compactMap(\.self).map { Condition.outInterface($0, negated: false) }
    addTranslation(outside + ways, ports: ports, to: [], origin)
  }
}
