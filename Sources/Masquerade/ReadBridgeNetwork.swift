import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension BridgeNetwork {
  /// Reads a network configuration of CNI, or a list of them.
  init?(_ root: Field, _ diagnostics: inout Diagnostics) {
    let plugins = root["plugins"]?.items(&diagnostics) ?? [root]
    guard
      let plugin = plugins.first(where: { ["bridge", "ptp"].contains($0["type"]?.value.text) })
    else {
      root.error(
        .unknownConfiguration, "no plugin of this configuration is bridge or ptp", &diagnostics)
      return nil
    }
    let before = diagnostics.errorCount
    translates = plugin["ipMasq"]?.boolean(&diagnostics) ?? false
    origin = Origin("ipMasq", plugin["ipMasq"]?.location ?? plugin.location)
    let ipam = plugin["ipam"]
    let ranges = (ipam?["ranges"]?.items(&diagnostics) ?? []).flatMap {
      $0.items(&diagnostics) ?? []
    }
    let fields = ([ipam] + ranges.map(Optional.some)).compactMap { $0?["subnet"] }
    // Which means the node's pod CIDRs (host-local).
    subnets = fields.filter { !$0.value.textEquals("usePodCidr") }.compactMap {
      readMember($0, "subnet", at: nil, &diagnostics)
    }
    guard diagnostics.errorCount == before else { return nil }
  }
}
