import Diagnostics
import Kubernetes
import Manifests
import NetSets

/// What flannel tells its plugin of this node: `/run/flannel/subnet.env` (flannel-io/flannel,
/// `WriteSubnetFile`).
package struct FlannelSubnet: Sendable, Hashable {
  /// All pods of the cluster.
  package let networks: [NamedPrefix]
  /// Those of this node.
  package let subnets: [NamedPrefix]
  /// Whether flannel translates addresses itself, so that its plugin does not.
  package let masquerades: Bool

  package init(networks: [NamedPrefix], subnets: [NamedPrefix], masquerades: Bool) {
    self.networks = networks
    self.subnets = subnets
    self.masquerades = masquerades
  }

  /// Nil when it does not say the node's subnet, or something else than flannel would write.
  package init?(_ file: ManifestFile, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    let settings = NamedSettings(file, &diagnostics)
    guard diagnostics.errorCount == before else { return nil }
    self.init(settings, &diagnostics)
  }

  package init?(_ settings: NamedSettings, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
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
        at: settings.start)
    }
    if diagnostics.errorCount > before { return nil }
    self.init(networks: networks, subnets: subnets, masquerades: masquerades)
  }
}
