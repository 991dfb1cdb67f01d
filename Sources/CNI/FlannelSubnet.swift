import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// What flannel tells its plugin of this node: `/run/flannel/subnet.env` (flannel-io/flannel,
/// `WriteSubnetFile`).
package struct FlannelSubnet: Sendable, Hashable {
  /// All pods of the cluster.
  package let networks: [IPPrefix]
  /// Those of this node.
  package let subnets: [IPPrefix]
  /// Whether flannel translates addresses itself, so that its plugin does not.
  package let masquerades: Bool

  package init(networks: [IPPrefix], subnets: [IPPrefix], masquerades: Bool) {
    self.networks = networks
    self.subnets = subnets
    self.masquerades = masquerades
  }

  /// Nil when it does not say the node's subnet, or something else than flannel would write.
  package init?(_ file: ManifestFile, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    let settings = NamedSettings(file, &diagnostics)
    // Several networks are separated by commas.
    let networks = ["FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK"].flatMap {
      settings.prefixes($0, &diagnostics)
    }
    let subnets = ["FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET"].flatMap {
      settings.prefixes($0, &diagnostics)
    }
    let masquerades = settings.boolean("FLANNEL_IPMASQ", &diagnostics) ?? false
    if diagnostics.errorCount == before, subnets.isEmpty {
      diagnostics.error(
        .invalidValue, "FLANNEL_SUBNET is missing",
        at: SourceLocation(file: file.path, line: 1, column: 1))
    }
    if diagnostics.errorCount > before { return nil }
    self.init(networks: networks, subnets: subnets, masquerades: masquerades)
  }
}
