import CNI
import NetSets

extension Node {
  /// The rules that the plugin will write for each pod when its configuration says `ipMasq`: they
  /// exempt the pod's own range and multicast (containernetworking/plugins, `pkg/ip`). A node without
  /// pods has none yet.
  var pluginMasquerade: ForeignTable? {
    guard let profile, profile.traits.translation == .byConfiguration,
      network.masquerades(profile) == true, let configuration
    else { return nil }
    let multicast = AddressSet(
      ["224.0.0.0/4", "ff00::/8"].compactMap { WrittenPrefix($0)?.prefix.range })
    let rules = podSubnets.map { subnet in
      let own = AddressSet([subnet.range])
      return ForeignRule(
        text: "ipMasq",
        conditions: [
          ForeignRule.Condition(.source(own)),
          ForeignRule.Condition(.destination(own), negated: true),
          ForeignRule.Condition(.destination(multicast), negated: true),
        ], action: .translate)
    }
    return ForeignTable(
      title: "as \(configuration.path) will have it for each pod", name: "nat",
      owner: .iptablesNft, families: IPFamily.allCases,
      chains: [
        ForeignChain(
          name: "POSTROUTING",
          base: ForeignChain.Base(
            hook: .postrouting, priority: 100, drops: false, translates: true), rules: rules)
      ])
  }
}
