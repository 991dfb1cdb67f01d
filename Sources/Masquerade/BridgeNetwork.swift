import CNI
import NetSets

/// A network of the reference plugins `bridge` and `ptp`.
package struct BridgeNetwork: Hashable, Sendable {
  /// `ipMasq`
  package var translates: Bool
  /// The ranges that `host-local` gives addresses from; empty where they are the node's pod CIDRs.
  package var subnets: [AddressGroup.Member]
  package var origin: Origin
}

extension BridgeNetwork {
  /// nil when no plugin is one of them.
  init?(_ network: NetworkConfiguration) {
    guard let plugin = network.plugins.first(where: { ["bridge", "ptp"].contains($0.type) }) else {
      return nil
    }
    translates = plugin.masquerades
    subnets = plugin.subnets.map(\.member)
    origin = Origin("ipMasq", plugin.masqueradeLocation)
  }
}

extension Masquerade {
  /// As the plugin has it (`pkg/ip/ipmasq_iptables_linux.go`): a pod's connections to its own subnet
  /// and to multicast are kept, all others translated, those to pods of other nodes too.
  /// - Parameter cluster: addresses of all pods, where they are known.
  init(_ bridge: BridgeNetwork, cluster: [AddressGroup.Member]) {
    let pods = AddressGroup("masq-from", bridge.subnets)
    let everywhere = AddressGroup("masq-cluster", cluster + bridge.subnets)
    self.init(profile: .bridge, kept: Kept(pods: pods, destinations: everywhere))
    guard bridge.translates else { return }
    let source = Condition.source(add(pods), negated: false)
    let skip = add(AddressGroup("masq-skip", Unroutable.multicast))
    // Each pod's rule lets its own subnet be; subnets of other ranges are other subnets.
    for (index, subnet) in bridge.subnets.enumerated() {
      let own = add(AddressGroup("masq-subnet-\(index)", [subnet]))
      add(
        Rule(
          [.source(own, negated: false), .destination(own, negated: false)], .keep, subnet.origin))
    }
    add(
      Rule(
        [source, .destination(skip, negated: true)], .masquerade(Ports(nil, .none)),
        bridge.origin))
  }
}
