import Kubernetes
import NetSets

/// A network device of a node.
package struct Link: Sendable, Hashable {
  package let name: String
  /// `DEVTYPE` of the device: `bridge`, `vxlan`, `vlan`; nil for those without, such as veth.
  package let kind: String?
  /// The bridge, or other device, that it is a port of.
  package let master: String?
  /// Whether, as a bridge's port, it is kept from other ports that are; nil when it is no such port.
  package let isIsolated: Bool?

  package init(name: String, kind: String?, master: String?, isIsolated: Bool?) {
    self.name = name
    self.kind = kind
    self.master = master
    self.isIsolated = isIsolated
  }
}

extension NodeFacts {
  /// The pods of this node, as its files say.
  package var podSubnets: [IPPrefix] {
    flannel?.subnets.map(\.prefix) ?? configurations.first?.subnets ?? []
  }

  /// The pods of all nodes, likewise.
  package var clusterPodNetworks: [IPPrefix] { flannel?.networks.map(\.prefix) ?? [] }

  /// Whether the network itself gives pods' packets the node's address, as far as its files say it;
  /// nil where its agent decides.
  package func masquerades(_ profile: CNIProfile) -> Bool? {
    switch profile.traits.translation {
    case .byConfiguration: configurations.first?.plugins.contains(where: \.masquerades)
    // Flannel's own file says it, and its plugin hands the opposite on to the bridge.
    case .byNetwork: profile == .flannel ? flannel?.masquerades : nil
    case .nobody: false
    }
  }
}

/// What tells which container network a node has.
package struct NodeFacts: Sendable {
  /// Those of `/etc/cni/net.d` that can be read, in the runtime's order; the first is used.
  package var configurations: [NetworkConfiguration]
  package var flannel: FlannelSubnet?
  /// Whether there is `/var/run/aws-node/ipam.json`, in which the AWS VPC CNI keeps its addresses.
  package var hasAWSState: Bool
  package var links: Known<[Link]>
  /// The names of nftables' tables.
  package var tables: Known<[String]>

  package init(
    configurations: [NetworkConfiguration], flannel: FlannelSubnet?, hasAWSState: Bool,
    links: Known<[Link]>, tables: Known<[String]>
  ) {
    self.configurations = configurations
    self.flannel = flannel
    self.hasAWSState = hasAWSState
    self.links = links
    self.tables = tables
  }
}
