import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension Antrea {
  private static let fields: [StaticString] = ["trafficEncapMode", "noSNAT", "hostGateway"]

  static func isOne(_ root: Field) -> Bool { fields.contains { root[$0] != nil } }

  /// Reads `antrea-agent.conf` (`pkg/config/agent`), which has much more that is about other things.
  init?(_ root: Field, at location: SourceLocation, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    origin = Origin("Antrea, unless an Egress says another address", location)
    let isLeftToOthers = Antrea.isPolicyOnly(root["trafficEncapMode"], &diagnostics)
    let noSNAT = root["noSNAT"]
    if noSNAT?.boolean(&diagnostics) ?? false {
      translates = false
      let mode = root["trafficEncapMode"]?.value.text.lowercased() ?? "encap"
      if !["noencap", "networkpolicyonly"].contains(mode) {
        noSNAT?.error(
          .invalidValue, "the agent takes noSNAT only with trafficEncapMode: noEncap", &diagnostics)
      }
    }
    if isLeftToOthers { translates = false }
    if root["snatFullyRandomPorts"]?.boolean(&diagnostics) ?? false { choice = .fully }
    let name = root["hostGateway"]?.value.text ?? ""
    guard let gateway = InterfacePattern(name.isEmpty ? "antrea-gw0" : name) else {
      root["hostGateway"]?.error(
        .invalidValue, "no interface is named \(quoted(name))", &diagnostics)
      return nil
    }
    self.gateway = gateway
    guard diagnostics.errorCount == before else { return nil }
  }

  /// Antrea takes the words in any case.
  private static func isPolicyOnly(_ field: Field?, _ diagnostics: inout Diagnostics) -> Bool {
    guard let field, !field.value.text.isEmpty else { return false }
    let modes = ["encap", "noEncap", "hybrid", "networkPolicyOnly"]
    guard let mode = modes.first(where: { $0.lowercased() == field.value.text.lowercased() }) else {
      field.error(
        .invalidValue, "found \(field.found), expected \(alternatives(modes))", &diagnostics)
      return false
    }
    return mode == "networkPolicyOnly"
  }
}
