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

/// What Calico's `FelixConfiguration` says of outgoing connections.
package struct OutgoingNAT: Hashable, Sendable {
  /// `natPortRange`
  package let ports: ClosedRange<UInt16>?
  /// `natOutgoingAddress`, instead of the address of the interface.
  package let address: IPAddress?
  /// `natOutgoingExclusions: IPPoolsAndHostIPs`: nor are connections to nodes translated.
  package let excludesNodes: Bool
  /// `iptablesNATOutgoingInterfaceFilter`: translated only when they leave by such an interface;
  /// in iptables' spelling, with `+` for any more characters.
  package let interface: String?
  package let location: SourceLocation

  package init?(_ root: Field, _ diagnostics: inout Diagnostics) {
    let spec = root["spec"]
    var range: ClosedRange<UInt16>?
    if let field = spec?["natPortRange"] {
      let ends = field.value.text.split(separator: ":", omittingEmptySubsequences: false)
        .map { UInt16($0) }
      guard let lower = ends.first ?? nil, let upper = ends.last ?? nil, ends.count <= 2,
        lower <= upper
      else {
        field.error(
          .invalidValue, "\(field.found) is no range of ports, such as 32768:65535", &diagnostics)
        return nil
      }
      // 0 stands for any (numorstring.Port's zero value).
      range = upper == 0 ? nil : lower...upper
    }
    var address: IPAddress?
    if let field = spec?["natOutgoingAddress"], !field.value.text.isEmpty {
      guard let read = IPAddress(field.value.text) else {
        field.error(.invalidAddress, "\(field.found) is not an address", &diagnostics)
        return nil
      }
      address = read
    }
    let exclusions = spec?["natOutgoingExclusions"]?.value.text ?? "IPPoolsOnly"
    guard ["IPPoolsOnly", "IPPoolsAndHostIPs"].contains(exclusions) else {
      spec?["natOutgoingExclusions"]?.error(
        .invalidValue, "\(quoted(exclusions)) is neither IPPoolsOnly nor IPPoolsAndHostIPs",
        &diagnostics)
      return nil
    }
    ports = range
    self.address = address
    excludesNodes = exclusions == "IPPoolsAndHostIPs"
    let filter = spec?["iptablesNATOutgoingInterfaceFilter"]?.value.text ?? ""
    interface = filter.isEmpty ? nil : filter
    location = root.location
  }
}
