import CNI
import NetSets

extension Check {
  /// Where a strict filter of sources drops what it should not.
  static let reversePath = Check(name: "rp-filter", group: .path) { node in
    guard node.settings.isReadable else { return .unknown("/proc/sys cannot be read") }
    let devices: [(String, String)]
    switch node.profile {
    case .flannel:
      // A node that calls a Service keeps its own address where nobody translates it, and arrives
      // by the tunnel from an address that is elsewhere.
      devices =
        node.network.links.value?.filter { $0.name.hasPrefix("flannel") }.map {
          ($0.name, "what other nodes send to pods here from their own addresses is dropped")
        } ?? []
    case .awsVPC:
      // Pods answer through other interfaces than the connection came by.
      let primary = node.routes.value?.first {
        $0.destination.length == 0 && $0.destination.family == .ipv4
      }
      devices =
        primary.map {
          [
            (
              $0.interface,
              "connections to pods that come by this interface and leave by another are dropped"
            )
          ]
        } ?? []
    default: return .notAsked("no network is known that a strict filter disturbs")
    }
    let findings = devices.compactMap { device, why -> NodeFinding? in
      // The larger of both holds (Documentation/networking/ip-sysctl.rst).
      let names = ["all", device].map { "net.ipv4.conf.\($0).rp_filter" }
      guard names.compactMap({ node.settings.number($0) }).max() == 1 else { return nil }
      return NodeFinding(
        .warning, "reverse-path-strict", what: "rp_filter of \(device) is strict (1)", why: why,
        fix: Fix(
          "make it loose",
          [.inNamespace("sysctl -w \(names[1])=2"), .atStart("\(names[1])=2")]))
    }
    return .of(findings, else: "not strict where that would disturb")
  }
}
