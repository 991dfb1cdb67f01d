/// What a node's own translator was configured with, read from its files.
package enum MasqueradeConfiguration: Hashable, Sendable {
  case flannel(FlannelNetwork)
  case ipMasqAgent(IPMasqAgent)
  case awsVPC(AWSSettings)
  case cilium(CiliumSettings)
  case bridge(BridgeNetwork)

  package var profile: Masquerade.Profile {
    switch self {
    case .flannel: .flannel
    case .ipMasqAgent: .ipMasqAgent
    case .awsVPC: .awsVPC
    case .cilium: .cilium
    case .bridge: .bridge
    }
  }

  /// Why rules of ours cannot stand in for this translator; nil when they can.
  package var reasonNotToOwn: String? {
    switch self {
    case .flannel, .ipMasqAgent: nil
    case .awsVPC:
      "the AWS VPC CNI routes packets by marks that belong to its own rules"
    case .cilium: "Cilium translates in eBPF, or by marks that belong to its own rules"
    case .bridge:
      "the plugin adds its rules with each pod; set ipMasq: false and give --masq-from and "
        + "--masq-skip instead"
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
    case .ipMasqAgent(var agent):
      agent.skip += context.skipped
      return Masquerade(agent, pods: AddressGroup("masq-from", context.pods))
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
