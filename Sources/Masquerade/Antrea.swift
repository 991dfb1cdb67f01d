import Kubernetes
import NetSets

/// Settings of Antrea, `antrea-agent.conf`.
package struct Antrea: Hashable, Sendable {
  /// Whether what pods send outside is translated at all: not with `noSNAT`, nor where Antrea leaves
  /// that to another network (`trafficEncapMode: networkPolicyOnly`).
  package var translates = true
  /// `snatFullyRandomPorts`
  package var choice = Masquerade.Ports.Choice.none
  /// `hostGateway`: the node's interface to its pods.
  package var gateway: InterfacePattern
  package var origin: Origin
}

extension Antrea {
  /// As its chain `ANTREA-POSTROUTING` has it (`pkg/agent/route`). What an `Egress` chooses comes by a
  /// mark that Open vSwitch sets, and is not known here.
  func masquerade(_ context: MasqueradeContext) throws(MissingFact) -> Masquerade {
    let pods = AddressGroup("masq-from", context.pods)
    let cluster = AddressGroup(
      "masq-skip", pods.members + (try context.podsOfNodes(\.podCIDRs)))
    var result = Masquerade(
      profile: .antrea, kept: Masquerade.Kept(pods: pods, destinations: cluster))
    if translates {
      guard !pods.members.isEmpty else {
        throw MissingFact(
          description: "nothing says which pods are the node's; give --node with a Node object "
            + "that has pod CIDRs, or --masq-from")
      }
      result.addTranslation(
        [
          .source(result.add(pods), negated: false),
          .destination(result.add(cluster), negated: true), .outInterface(gateway, negated: true),
        ], ports: Masquerade.Ports(nil, choice), to: [], origin)
    }
    result.addTunnel(gateway)
    return result
  }
}
