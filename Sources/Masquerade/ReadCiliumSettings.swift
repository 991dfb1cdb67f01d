import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension CiliumSettings {
  private static let poolKeys: [StaticString] = [
    "cluster-pool-ipv4-cidr", "cluster-pool-ipv6-cidr",
  ]
  private static let nativeKeys: [StaticString] = [
    "ipv4-native-routing-cidr", "ipv6-native-routing-cidr",
  ]
  private static let masqueradeKeys: [(StaticString, IPFamily)] = [
    ("enable-ipv4-masquerade", .ipv4), ("enable-ipv6-masquerade", .ipv6),
  ]

  static func isOne(_ root: Field) -> Bool {
    let keys = (poolKeys + nativeKeys + masqueradeKeys.map(\.0)).map { "\($0)" }
    return root.value.kind == .mapping && root.value.members.contains { keys.contains($0.key) }
  }

  /// Reads the data of `cilium-config`, where every value is a string.
  init?(_ data: Field, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    origin = Origin("Cilium", data.location)
    for (key, family) in CiliumSettings.masqueradeKeys where data[key]?.value.text == "false" {
      families.remove(family)
    }
    for key in CiliumSettings.poolKeys {
      // Several are separated by blanks.
      guard let field = data[key] else { continue }
      pods += read(field, "\(key)", &diagnostics)
    }
    for key in CiliumSettings.nativeKeys {
      guard let field = data[key] else { continue }
      native += read(field, "\(key)", &diagnostics)
    }
    if let field = data["egress-masquerade-interfaces"] {
      for name in field.value.text.split(whereSeparator: { $0 == " " || $0 == "," }) {
        guard let pattern = InterfacePattern(String(name)) else {
          field.error(
            .invalidValue, "no interface is named \(quoted(String(name)))", &diagnostics)
          continue
        }
        outInterfaces.append(pattern)
      }
    }
    isInEBPF = data["enable-bpf-masquerade"]?.value.text == "true"
    if let agent = data["enable-ip-masq-agent"], agent.value.text == "true" {
      agent.error(
        .unknownConfiguration,
        "Cilium's own ip-masq-agent decides by a file that netpolc does not read",
        hint: "say by --masq-from and --masq-skip what it says", &diagnostics)
    }
    guard diagnostics.errorCount == before else { return nil }
  }

  private func read(
    _ field: Field, _ words: String, _ diagnostics: inout Diagnostics
  ) -> [AddressGroup.Member] {
    field.value.text.split(whereSeparator: { $0 == " " || $0 == "," }).compactMap { text in
      guard let written = WrittenPrefix(text) else {
        field.error(.invalidAddress, "\(quoted(String(text))) is not a CIDR", &diagnostics)
        return nil
      }
      return AddressGroup.Member(written.prefix.range, Origin(words, field.location))
    }
  }
}
