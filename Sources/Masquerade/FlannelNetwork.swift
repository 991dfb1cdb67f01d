import CNI
import Kubernetes
import Manifests
import NetSets

/// What Flannel's files say.
package struct FlannelNetwork: Hashable, Sendable {
  /// Of all pods: `Network` and `IPv6Network` of `net-conf.json`, `FLANNEL_NETWORK` and
  /// `FLANNEL_IPV6_NETWORK` of `subnet.env`.
  package var cluster: [AddressGroup.Member] = []
  /// Of the node's pods: `FLANNEL_SUBNET` and `FLANNEL_IPV6_SUBNET`; else the node's pod CIDRs.
  package var node: [AddressGroup.Member] = []
  /// `EnableNFTables` of `net-conf.json`: its rules are in the chain `postrtg` of nftables, with the
  /// priority `srcnat` that `POSTROUTING` of iptables has too.
  package var usesNFTables = false
  /// With what the other file says of it.
  func joined(with other: FlannelNetwork) -> FlannelNetwork {
    var joined = self
    for member in other.cluster where !cluster.contains(where: { $0.range == member.range }) {
      joined.cluster.append(member)
    }
    joined.node += other.node
    joined.usesNFTables = usesNFTables || other.usesNFTables
    return joined
  }
}

extension FlannelNetwork {
  init(_ subnet: FlannelSubnet) {
    cluster = subnet.networks.map(\.member)
    node = subnet.subnets.map(\.member)
  }
}

extension Masquerade {
  /// As Flannel's rules for iptables have it (`pkg/trafficmngr/iptables`). Those that it has for
  /// nftables leave a connection of the node to a pod elsewhere untranslated, so that the answer
  /// may not come back; these are not like that.
  init(_ network: FlannelNetwork) {
    let cluster = AddressGroup("masq-cluster", network.cluster)
    let node = AddressGroup("masq-node", network.node)
    self.init(profile: .flannel, kept: Kept(pods: node, destinations: cluster))
    let (everywhere, here) = (add(cluster), add(node))
    let link = add(AddressGroup("masq-skip", Unroutable.multicast))
    func origin(_ words: String) -> Origin {
      Origin(words, network.cluster.first?.origin.location)
    }
    let kept: [(Condition, Condition, String)] = [
      (
        .source(here, negated: false), .destination(everywhere, negated: false),
        "from a pod here to a pod"
      ),
      (
        .source(everywhere, negated: false), .destination(here, negated: false),
        "from a pod to a pod here"
      ),
      (
        .source(everywhere, negated: true), .destination(here, negated: false),
        "from outside to a pod here"
      ),
    ]
    for (source, destination, words) in kept {
      add(Rule([source, destination], .keep, origin(words)))
    }
    let fully = Action.masquerade(Ports(nil, .fully))
    add(
      Rule(
        [.source(everywhere, negated: false), .destination(link, negated: true)], fully,
        origin("from a pod to outside")))
    add(
      Rule(
        [.source(everywhere, negated: true), .destination(everywhere, negated: false)], fully,
        origin("from outside to a pod elsewhere")))
  }
}
