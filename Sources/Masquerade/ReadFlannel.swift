import Diagnostics
import Kubernetes
import Manifests
import NetSets

extension FlannelNetwork {
  /// Reads `net-conf.json` (`pkg/subnet/config.go`).
  init?(_ root: Field, at location: SourceLocation, _ diagnostics: inout Diagnostics) {
    for name in ["Network", "IPv6Network"] as [StaticString] {
      guard let field = root[name] else { continue }
      guard let member = readMember(field, "\(name)", at: location, &diagnostics) else {
        return nil
      }
      cluster.append(member)
    }
    usesNFTables = root["EnableNFTables"]?.boolean(&diagnostics) ?? false
  }
}

extension NamedSettings {
  /// CIDRs, separated by commas, as members of a group.
  func members(_ key: String, _ diagnostics: inout Diagnostics) -> [AddressGroup.Member] {
    prefixes(key, &diagnostics).map(\.member)
  }
}

extension NamedPrefix {
  var member: AddressGroup.Member { AddressGroup.Member(prefix.range, Origin(name, location)) }
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
