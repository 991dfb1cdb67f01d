import NetSets

/// The configuration file of ip-masq-agent.
package struct IPMasqAgent: Hashable, Sendable {
  /// `nonMasqueradeCIDRs`
  package var skip: [AddressGroup.Member] = []
  /// `masqLinkLocal`, `masqLinkLocalIPv6`
  package var translatesLinkLocal: Set<IPFamily> = []
  /// `outputInterface`, which some builds of it know.
  package var outInterface: InterfacePattern?
  package var origin: Origin
}

extension Masquerade {
  /// As its chain `IP-MASQ-AGENT` has it (`cmd/ip-masq-agent`): whoever the source is, also the node.
  /// - Parameter pods: whose addresses are kept where other translators would take them.
  init(_ agent: IPMasqAgent, pods: AddressGroup) {
    let linkLocal = Unroutable.members.filter {
      $0.origin.words == "link-local" && !agent.translatesLinkLocal.contains($0.range.family)
    }
    let destinations = AddressGroup("masq-skip", agent.skip + linkLocal)
    self.init(profile: .ipMasqAgent, kept: Kept(pods: pods, destinations: destinations))
    let outside = Condition.destinationIsLocal(negated: true)
    let way = agent.outInterface.map { Condition.outInterface($0, negated: false) }
    add(
      Rule(
        [outside, .destination(add(destinations), negated: false)], .keep, agent.origin))
    add(
      Rule(
        [outside] + [way].compactMap(\.self), .masquerade(Ports(nil, .fully)), agent.origin))
  }
}
