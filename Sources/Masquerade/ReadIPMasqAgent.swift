import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension IPMasqAgent {
  private static let fields = [
    "nonMasqueradeCIDRs", "cidrLimit", "masqLinkLocal", "masqLinkLocalIPv6", "resyncInterval",
    "outputInterface",
  ]

  static func isOne(_ root: Field) -> Bool {
    root.value.kind == .mapping && root.value.members.contains { fields.contains($0.key) }
  }

  /// Reads the agent's file, YAML or JSON. A field of another name is an error, as it is for the
  /// agent.
  init?(_ root: Field, at location: SourceLocation, _ diagnostics: inout Diagnostics) {
    guard root.isObject(fields: IPMasqAgent.fields, &diagnostics) else { return nil }
    let before = diagnostics.errorCount
    origin = Origin("ip-masq-agent", location)
    for item in root["nonMasqueradeCIDRs"]?.items(&diagnostics) ?? [] {
      guard
        let member = readMember(
          item, "nonMasqueradeCIDRs", at: location == root.location ? nil : location,
          &diagnostics)
      else { continue }
      if let written = WrittenPrefix(item.value.text), written.quirks.contains(.hostBits) {
        item.error(
          .invalidAddress, "\(item.found) has bits after its length, which the agent refuses",
          hint: "write \(written.prefix)", &diagnostics)
      }
      skip.append(member)
    }
    let flags: [(IPFamily, StaticString)] = [
      (.ipv4, "masqLinkLocal"), (.ipv6, "masqLinkLocalIPv6"),
    ]
    for (family, name) in flags where root[name]?.boolean(&diagnostics) ?? false {
      translatesLinkLocal.insert(family)
    }
    if let field = root["outputInterface"], !field.value.text.isEmpty {
      outInterface = InterfacePattern(field.value.text)
      if outInterface == nil {
        field.error(.invalidValue, "no interface is named \(field.found)", &diagnostics)
      }
    }
    guard diagnostics.errorCount == before else { return nil }
  }
}
