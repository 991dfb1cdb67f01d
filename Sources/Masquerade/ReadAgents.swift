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

extension AWSSettings {
  /// Reads the environment of `aws-node`.
  init?(_ file: EnvironmentFile, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    let settings = file.entries.filter { $0.key.hasPrefix("AWS_VPC_K8S_CNI_") }
    origin = Origin(
      "the AWS VPC CNI",
      settings.first?.location ?? SourceLocation(file: file.path, line: 1, column: 1))
    hasExternalNAT = file.boolean("AWS_VPC_K8S_CNI_EXTERNALSNAT", &diagnostics) ?? false
    excluded = file.prefixes("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", &diagnostics)
    let random = file["AWS_VPC_K8S_CNI_RANDOMIZESNAT"]
    switch random?.value ?? "prng" {
    case "prng": choice = .fully
    case "hashrandom": choice = .prng
    case "none": choice = .none
    case let other:
      diagnostics.error(
        .invalidValue,
        "AWS_VPC_K8S_CNI_RANDOMIZESNAT is \(quoted(other)), expected prng, hashrandom or none",
        at: random?.location)
    }
    guard diagnostics.errorCount == before else { return nil }
  }
}

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
    for name in (data["egress-masquerade-interfaces"]?.value.text ?? "").split(whereSeparator: {
      $0 == " " || $0 == ","
    }) {
      if let pattern = InterfacePattern(String(name)) { outInterfaces.append(pattern) }
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
