import Kubernetes
import NetSets

extension Masquerade {
  /// As Calico does it (felix, `masq_mgr.go` and `rules/nat.go`): every pool, a disabled one too,
  /// keeps connections to it from being translated; those with `natOutgoing` have theirs to
  /// anywhere else translated.
  /// - Parameters:
  ///   - nodes: for `natOutgoingExclusions`.
  ///   - skip: further ranges that connections to are not translated.
  package init(
    pools: [IPPool], _ felix: OutgoingNAT?, nodes: [Node], skip: [IPPrefix] = []
  ) {
    let pools = pools.filter { !$0.isForLoadBalancersOnly }
    let members = pools.map {
      AddressGroup.Member($0.cidr.range, Origin("IPPool \($0.name)", $0.location))
    }
    let translated = zip(pools, members).filter { $0.0.hasOutgoingNAT }.map(\.1)
    let pods = AddressGroup("masq-from", translated)
    let hosts =
      felix?.excludesNodes ?? false
      ? nodes.flatMap { node in
        node.addresses.map {
          AddressGroup.Member(AddressRange($0), Origin("Node \(node.name)", node.location))
        }
      } : []
    let skipped = MasqueradeContext(skip: skip).skipped
    let destinations = AddressGroup("masq-skip", members + hosts + skipped)
    self.init(profile: .calico, kept: Kept(pods: pods, destinations: destinations))
    let conditions: [Condition] = [
      .source(add(pods), negated: false), .destination(add(destinations), negated: true),
    ]
    let way = felix?.interface.flatMap(InterfacePattern.init).map {
      Condition.outInterface($0, negated: false)
    }
    addTranslation(
      conditions + [way].compactMap(\.self), ports: Ports(felix?.ports, .fully),
      to: [felix?.address].compactMap(\.self), Origin("natOutgoing", felix?.location))
    for family in IPFamily.allCases {
      let tunnels = pools.filter { $0.cidr.family == family }.flatMap(\.tunnels)
      addTunnels(Set(tunnels), family)
    }
  }

  /// As `rules/static.go` has it.
  private mutating func addTunnels(_ tunnels: Set<IPPool.Tunnel>, _ family: IPFamily) {
    func device(_ name: String) -> InterfacePattern {
      guard let pattern = InterfacePattern(name) else { preconditionFailure("it is a name") }
      return pattern
    }
    if tunnels.contains(.vxlan) {
      // A source port at or below VXLAN's own (4789, IANA) might be taken for the tunnel's.
      addTunnel(
        device(family == .ipv4 ? "vxlan.calico" : "vxlan-v6.calico"), family,
        udpPorts: 4790...65535)
    }
    if tunnels.contains(.ipip), family == .ipv4 { addTunnel(device("tunl0"), family) }
  }
}
