import Kubernetes
import NetSets

/// Flags of kindnet (kubernetes-sigs/kindnet).
package struct Kindnet: Hashable, Sendable {
  /// `--masquerading`
  package var translates = true
  /// `--no-masquerade-cidr`
  package var skip: [AddressGroup.Member] = []
  package var origin: Origin

  /// As its table `kindnet-ipmasq` has it (`pkg/masq`): to everywhere but those and the pods of all
  /// nodes, by the first range that a node has of a family.
  func masquerade(_ context: MasqueradeContext) throws(MissingFact) -> Masquerade {
    let pods = AddressGroup("masq-from", context.pods)
    let everywhere = try context.podsOfNodes { node in
      IPFamily.allCases.compactMap { family in node.podCIDRs.first { $0.family == family } }
    }
    let destinations = AddressGroup("masq-skip", skip + everywhere)
    guard translates else {
      return Masquerade(
        profile: .kindnet, kept: Masquerade.Kept(pods: pods, destinations: destinations))
    }
    return Masquerade(
      .kindnet, pods: pods, keeping: destinations, Masquerade.Ports(nil, .none), origin)
  }
}

/// The environment of the kindnetd that comes with kind.
package struct KindMasqAgent: Hashable, Sendable {
  /// `POD_SUBNET`: of all pods.
  package var cluster: [AddressGroup.Member]
  package var origin: Origin

  /// As its chain `KIND-MASQ-AGENT` has it (kubernetes-sigs/kind, `images/kindnetd`), in the families
  /// that pods have addresses of.
  func masquerade(_ context: MasqueradeContext) -> Masquerade {
    Masquerade(
      .kindMasqAgent, pods: AddressGroup("masq-from", context.pods),
      keeping: AddressGroup("masq-skip", cluster + context.skipped),
      in: Set(cluster.map(\.range.family)), Masquerade.Ports(nil, .none), origin)
  }
}
