/// What a node's own translator was configured with, read from its files.
package enum MasqueradeConfiguration: Hashable, Sendable {
  case flannel(FlannelNetwork)
  case ipMasqAgent(IPMasqAgent)
  case awsVPC(AWSSettings)
  case cilium(CiliumSettings)
  case bridge(BridgeNetwork)
  case kindnet(Kindnet)
  case kindMasqAgent(KindMasqAgent)
  case antrea(Antrea)

  /// Why the translator's own rules may be asked before those of iptables; nil where they are not.
  var precedence: String? {
    switch self {
    case .kindnet: "kindnet's table of nftables is asked before rules of iptables"
    case .flannel(let network) where network.usesNFTables:
      "Flannel's table of nftables (EnableNFTables) has the priority of iptables' POSTROUTING, and "
        + "whichever was made first is asked first"
    case .flannel, .ipMasqAgent, .awsVPC, .cilium, .bridge, .kindMasqAgent, .antrea: nil
    }
  }

  package var profile: Masquerade.Profile {
    switch self {
    case .flannel: .flannel
    case .ipMasqAgent: .ipMasqAgent
    case .awsVPC: .awsVPC
    case .cilium: .cilium
    case .bridge: .bridge
    case .kindnet: .kindnet
    case .kindMasqAgent: .kindMasqAgent
    case .antrea: .antrea
    }
  }

  /// Why rules of ours cannot stand in for this translator; nil when they can.
  package var reasonNotToOwn: String? {
    switch self {
    case .flannel, .kindnet, .kindMasqAgent: nil
    case .ipMasqAgent(let agent): agent.reasonNotToOwn
    case .awsVPC:
      "the AWS VPC CNI routes packets by marks that belong to its own rules"
    case .cilium: "Cilium translates in eBPF, or by marks that belong to its own rules"
    case .bridge:
      "the plugin adds its rules with each pod; set ipMasq: false and give --masq-from and "
        + "--masq-skip instead"
    case .antrea: "Antrea's Egress translates by marks that Open vSwitch sets"
    }
  }

  /// Why a rule of ours cannot keep an address where this translator would take it; nil when it can.
  package var reasonNotToOverride: String? {
    switch self {
    case .cilium(let settings) where settings.isInEBPF:
      "Cilium translates in eBPF (enable-bpf-masquerade), after rules of the kernel's firewall"
    case .flannel, .ipMasqAgent, .awsVPC, .cilium, .bridge, .kindnet, .kindMasqAgent, .antrea: nil
    }
  }
}

/// Something that has to be known is not.
package struct MissingFact: Error, Hashable, CustomStringConvertible {
  package let description: String
}

extension MasqueradeConfiguration {
  /// - Throws: `MissingFact`, which says what to give.
  package func masquerade(_ context: MasqueradeContext) throws(MissingFact) -> Masquerade {
    switch self {
    case .flannel(var network):
      if network.node.isEmpty { network.node = context.pods }
      guard !network.cluster.isEmpty else {
        throw MissingFact(
          description: "nothing says which addresses all pods have; give Flannel's net-conf.json")
      }
      guard !network.node.isEmpty else {
        throw MissingFact(
          description: "nothing says which pods are the node's; give Flannel's subnet.env, or "
            + "--node with a Node object that has pod CIDRs")
      }
      network.cluster += context.skipped
      return Masquerade(network)
    case .ipMasqAgent(let agent): return try agent.masquerade(context)
    case .kindnet(let kindnet): return try kindnet.masquerade(context)
    case .kindMasqAgent(let agent): return agent.masquerade(context)
    case .antrea(let antrea): return try antrea.masquerade(context)
    case .awsVPC(let settings): return try settings.masquerade(context)
    case .cilium(var settings):
      if !context.from.isEmpty { settings.pods = context.pods }
      guard !settings.pods.isEmpty else {
        throw MissingFact(
          description:
            "nothing says which addresses pods have: there is no cluster-pool-ipv4-cidr; "
            + "give --masq-from")
      }
      settings.native += context.skipped
      if settings.isInEBPF { settings.native += try context.addressesOfNodes() }
      return Masquerade(settings)
    case .bridge(var bridge):
      if bridge.subnets.isEmpty { bridge.subnets = context.pods }
      guard !bridge.subnets.isEmpty else {
        throw MissingFact(
          description:
            "nothing says which addresses the network's pods have: it has no ipam with a "
            + "subnet; give --masq-from, or --node with a Node object that has pod CIDRs")
      }
      return Masquerade(bridge, cluster: context.skipped)
    }
  }
}
