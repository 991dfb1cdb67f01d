import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension FlannelNetwork {
  /// Reads `subnet.env` (`pkg/subnet/subnet.go`, `WriteSubnetFile`).
  init?(_ file: NamedSettings, _ diagnostics: inout Diagnostics) {
    let before = diagnostics.errorCount
    for key in ["FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK"] {
      cluster += file.members(key, &diagnostics)
    }
    for key in ["FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET"] {
      node += file.members(key, &diagnostics)
    }
    translatesItself = file.boolean("FLANNEL_IPMASQ", &diagnostics)
    guard diagnostics.errorCount == before else { return nil }
  }

  /// Reads `net-conf.json` (`pkg/subnet/config.go`).
  init?(_ root: Field, at location: SourceLocation, _ diagnostics: inout Diagnostics) {
    for name in ["Network", "IPv6Network"] as [StaticString] {
      guard let field = root[name] else { continue }
      guard let member = readMember(field, "\(name)", at: location, &diagnostics) else {
        return nil
      }
      cluster.append(member)
    }
  }
}

extension NamedSettings {
  /// CIDRs, separated by commas, as members of a group.
  func members(_ key: String, _ diagnostics: inout Diagnostics) -> [AddressGroup.Member] {
    let origin = Origin(key, self[key]?.location)
    return prefixes(key, &diagnostics).map { AddressGroup.Member($0.range, origin) }
  }
}

/// A CIDR as a member of a group.
/// - Parameter words: what is said of it.
func readMember(
  _ field: Field, _ words: String, at location: SourceLocation?, _ diagnostics: inout Diagnostics
) -> AddressGroup.Member? {
  guard let written = WrittenPrefix(field.value.text) else {
    field.error(.invalidAddress, "\(field.found) is not a CIDR", &diagnostics)
    return nil
  }
  return AddressGroup.Member(written.prefix.range, Origin(words, location ?? field.location))
}
