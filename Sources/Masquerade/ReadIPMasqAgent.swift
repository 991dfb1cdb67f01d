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

  /// Reads the agent's file, YAML or JSON. A field of another name is an error: the agent passes over
  /// it, and goes by its defaults.
  init?(_ root: Field, at location: SourceLocation, _ diagnostics: inout Diagnostics) {
    guard root.isObject(fields: IPMasqAgent.fields, &diagnostics) else { return nil }
    let before = diagnostics.errorCount
    files = 1
    origin = Origin("ip-masq-agent", location)
    if let list = root["nonMasqueradeCIDRs"] {
      let place = location == root.location ? nil : location
      let items = list.items(&diagnostics) ?? []
      skip = items.compactMap { IPMasqAgent.range($0, at: place, &diagnostics) }
      let limit = root["cidrLimit"].flatMap { $0.integer(&diagnostics) } ?? 64
      if items.count > limit {
        list.error(
          .invalidValue, "found \(items.count) ranges, of which the agent takes \(limit)",
          hint: "set cidrLimit", &diagnostics)
      }
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

  private static func range(
    _ item: Field, at place: SourceLocation?, _ diagnostics: inout Diagnostics
  ) -> AddressGroup.Member? {
    if let written = WrittenPrefix(item.value.text), written.quirks.contains(.hostBits) {
      item.error(
        .invalidAddress, "\(item.found) has bits after its length, which the agent refuses",
        hint: "write \(written.prefix)", &diagnostics)
      return nil
    }
    return readMember(item, "nonMasqueradeCIDRs", at: place, &diagnostics)
  }

  /// Reads how its DaemonSet starts it.
  init?(_ settings: NamedSettings, _ build: Build, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    files = 0
    self.build = build
    var flags = Flags()
    flags.keepsReserved = settings.boolean("--nomasq-all-reserved-ranges", &diagnostics) ?? false
    if settings.boolean("--enable-ipv6", &diagnostics) ?? false { flags.families.insert(.ipv6) }
    flags.isRandom = settings.boolean("--random-fully", &diagnostics) ?? true
    flags.ports = settings.portRanges("--to-ports", &diagnostics)
    self.flags = flags
    origin = Origin(
      build.rawValue, settings.start)
    guard diagnostics.errorCount == before else { return nil }
  }
}

extension IPMasqAgent {
  /// With what another file says.
  func joined(
    with other: IPMasqAgent, at place: SourceLocation, _ diagnostics: inout Diagnostics
  ) -> IPMasqAgent? {
    func conflict(_ words: String) {
      diagnostics.error(.conflictingConfiguration, words, at: place)
    }
    if flags != nil, other.flags != nil {
      conflict("another file is a DaemonSet of ip-masq-agent too")
      return nil
    }
    if let build, let otherBuild = other.build, build != otherBuild {
      conflict("this is for \(otherBuild.rawValue), and another file for \(build.rawValue)")
      return nil
    }
    var joined = self
    joined.files += other.files
    joined.build = build ?? other.build
    if joined.files > 1 {
      guard joined.build != .original else {
        conflict("ip-masq-agent reads one file, and this is another")
        return nil
      }
      joined.build = .second
    }
    if let more = other.skip { joined.skip = (skip ?? []) + more }
    joined.translatesLinkLocal.formUnion(other.translatesLinkLocal)
    joined.outInterface = outInterface ?? other.outInterface
    joined.flags = flags ?? other.flags
    return joined
  }

  /// An agent that is not told of IPv6 does not start with ranges of it.
  func checkFamilies(_ diagnostics: inout Diagnostics) {
    guard let flags, !flags.families.contains(.ipv6) else { return }
    for member in skip ?? [] where member.range.family == .ipv6 {
      diagnostics.error(
        .conflictingConfiguration,
        "the agent refuses a range of IPv6 when its DaemonSet does not say --enable-ipv6",
        at: member.origin.location)
    }
  }
}

extension NamedSettings {
  /// `1024-29999,32768-65535`
  fileprivate func portRanges(
    _ key: String, _ diagnostics: inout Diagnostics
  ) -> [ClosedRange<UInt16>] {
    guard let entry = self[key], !entry.value.isEmpty else { return [] }
    return entry.value.split(separator: ",", omittingEmptySubsequences: false).compactMap { part in
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
      if let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, 0 < first,
        first <= last
      {
        return first...last
      }
      diagnostics.error(
        .invalidValue, "\(key) has \(quoted(String(part))), which is no range such as 1024-29999",
        at: entry.location)
      return nil
    }
  }
}
