import Diagnostics
import Manifests
import NetSets

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
