import Diagnostics

/// What an EC2 instance type can attach: how many elastic network interfaces (ENIs), and how many
/// IPv4 addresses each of them takes.
package struct InstanceType: Hashable, Sendable {
  /// `m5.large`.
  package let name: String
  /// Of the default network card, which is the one that pods use.
  package let interfaces: Int
  /// One of them is the interface's own, the others are pods'.
  package let addressesPerInterface: Int
  package let platform: Platform
  package let networkCards: Int

  /// What the instance runs on.
  package enum Platform: String, Sendable {
    case nitro
    case xen
    case metal
    case unknown

    /// Whether prefixes can be assigned to interfaces: Nitro and bare metal
    /// (`awsutils.go`, `IsPrefixDelegationSupported`).
    package var takesPrefixes: Bool {
      switch self {
      case .nitro, .metal: true
      case .xen, .unknown: false
      }
    }
  }

  /// Every known type, by name.
  package static let all: [String: InstanceType] = {
    var types: [String: InstanceType] = [:]
    var group: [Substring] = []
    for word in table.split(whereSeparator: \.isWhitespace) {
      // A type has a dot; what stands before a colon are the facts of those that follow.
      if word.contains(".") {
        guard group.count == 4, let interfaces = Int(group[0]), let addresses = Int(group[1]),
          let platform = Platform(rawValue: String(group[2])), let cards = Int(group[3])
        else { continue }
        types[String(word)] = InstanceType(
          name: String(word), interfaces: interfaces, addressesPerInterface: addresses,
          platform: platform, networkCards: cards)
      } else {
        if group.count == 4 { group = [] }
        group.append(word.hasSuffix(":") ? word.dropLast() : word)
      }
    }
    return types
  }()

  /// The names nearest to one that is no type.
  package static func near(_ name: String) -> [String] {
    let known = all.keys.sorted()
    if let meant = NearMiss.of(name, in: known) { return [meant] }
    let family = name.prefix { $0 != "." }
    return Array(known.filter { $0.prefix { $0 != "." } == family }.prefix(8))
  }
}
