import NetSets

/// Settings of Cilium, keys of its ConfigMap `cilium-config`.
package struct CiliumSettings: Hashable, Sendable {
  /// `enable-ipv4-masquerade`, `enable-ipv6-masquerade`
  package var families: Set<IPFamily> = Set(IPFamily.allCases)
  /// `cluster-pool-ipv4-cidr` and the like: addresses of pods.
  package var pods: [AddressGroup.Member] = []
  /// `ipv4-native-routing-cidr`, `ipv6-native-routing-cidr`: reached without translation.
  package var native: [AddressGroup.Member] = []
  /// `egress-masquerade-interfaces`: only by these.
  package var outInterfaces: [InterfacePattern] = []
  /// `enable-bpf-masquerade`: nothing of it is in netfilter, and nodes are reached without
  /// translation too.
  package var isInEBPF = false
  package var origin: Origin
}

extension Masquerade {
  /// As its chain `CILIUM_POST_nat` has it (`pkg/datapath/iptables`).
  init(_ cilium: CiliumSettings) {
    let own = cilium.pods.filter { cilium.families.contains($0.range.family) }
    let pods = AddressGroup("masq-from", own)
    let native = cilium.native.filter { cilium.families.contains($0.range.family) }
    let destinations = AddressGroup("masq-skip", own + native)
    self.init(profile: .cilium, kept: Kept(pods: pods, destinations: destinations))
    let conditions: [Condition] = [
      .source(add(pods), negated: false), .destination(add(destinations), negated: true),
    ]
    guard let inner = InterfacePattern("cilium_+") else { preconditionFailure("it is a name") }
    let ways =
      cilium.outInterfaces.isEmpty
      ? [Condition.outInterface(inner, negated: true)]
      : cilium.outInterfaces.map { Condition.outInterface($0, negated: false) }
    for way in ways {
      addTranslation(conditions + [way], ports: Ports(nil, .fully), to: [], cilium.origin)
    }
  }
}
