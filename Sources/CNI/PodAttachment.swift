import Diagnostics
import NetSets

/// A pod's link to a bridge, as the runtime remembers it: a file of `/var/lib/cni/results`.
package struct PodAttachment: Hashable, Sendable {
  /// `shop/web-0`; nil in a file that does not say whose it is.
  package let pod: String?
  /// The node's end.
  package let port: String
  /// Of the pod's end.
  package let hardware: HardwareAddress
  /// The pod's, on that link.
  package let addresses: [IPAddress]
  package let location: SourceLocation

  package init(
    pod: String?, port: String, hardware: HardwareAddress, addresses: [IPAddress],
    location: SourceLocation
  ) {
    self.pod = pod
    self.port = port
    self.hardware = hardware
    self.addresses = addresses
    self.location = location
  }
}
