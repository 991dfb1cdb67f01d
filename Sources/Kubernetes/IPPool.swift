import Diagnostics
import Manifests
import NetSets

/// A pool of addresses for pods: Calico's `IPPool`.
package struct IPPool: Hashable, Sendable {
  package let name: String
  package let cidr: IPPrefix
  /// `natOutgoing`: connections from these addresses to everywhere but pools leave with the node's.
  package let hasOutgoingNAT: Bool
  /// `allowedUses`, of which a pool for load balancers only has no pods.
  package let isForLoadBalancersOnly: Bool
  /// Interfaces that carry the pool's packets between nodes, `vxlanMode` and `ipipMode` being other
  /// than `Never`.
  package let tunnels: Set<Tunnel>
  package let location: SourceLocation

  package enum Tunnel: Hashable, Sendable {
    case vxlan
    case ipip
  }

  /// Both groups that Calico has had the kind in.
  package static let apiVersions = ["projectcalico.org/v3", "crd.projectcalico.org/v1"]

  package init?(_ root: Field, _ diagnostics: inout Diagnostics) {
    guard let metadata = Metadata(of: root, kind: "IPPool", isNamespaced: false, &diagnostics)
    else { return nil }
    guard let field = root["spec"]?["cidr"] else {
      root.error(.missingField, "IPPool has no spec.cidr", &diagnostics)
      return nil
    }
    guard let written = WrittenPrefix(field.value.text) else {
      field.error(.invalidAddress, "\(field.found) is not a CIDR", &diagnostics)
      return nil
    }
    var outgoing = false
    if let field = root["spec"]?["natOutgoing"] {
      guard let value = field.boolean(&diagnostics) else { return nil }
      outgoing = value
    }
    let uses = root["spec"]?["allowedUses"]?.items(&diagnostics)?.map(\.value.text) ?? []
    let modes: [(Tunnel, StaticString)] = [(.vxlan, "vxlanMode"), (.ipip, "ipipMode")]
    name = metadata.reference.name
    cidr = written.prefix
    hasOutgoingNAT = outgoing
    isForLoadBalancersOnly = !uses.isEmpty && uses.allSatisfy { $0 == "LoadBalancer" }
    tunnels = Set(
      modes.compactMap { tunnel, field in
        let mode = root["spec"]?[field]?.value.text ?? "Never"
        return mode == "Never" || mode.isEmpty ? nil : tunnel
      })
    location = field.location
  }
}
