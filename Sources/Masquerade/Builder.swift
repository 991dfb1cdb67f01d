import NetSets

extension Masquerade {
  /// A rule for any port; with a range of ports, one for each protocol that has ports, and one for
  /// the others.
  mutating func addTranslation(
    _ conditions: [Condition], ports: Ports, to addresses: [IPAddress], _ origin: Origin
  ) {
    func action(_ ports: Ports) -> Action {
      addresses.isEmpty ? .masquerade(ports) : .address(addresses, ports)
    }
    if ports.range != nil {
      for transport in Transport.allCases {
        add(Rule(conditions + [.transport(transport)], action(ports), origin))
      }
    }
    add(Rule(conditions, action(Ports(nil, ports.choice)), origin))
  }
}

/// Where no translation makes sense: multicast and link-local addresses stay on their link
/// (RFC 5771 §4, RFC 3927 §2.7, RFC 4291 §2.5.6 and §2.7).
enum Unroutable {
  static let members: [AddressGroup.Member] = [
    ("169.254.0.0/16", "link-local"), ("224.0.0.0/4", "multicast"), ("fe80::/10", "link-local"),
    ("ff00::/8", "multicast"),
  ].compactMap { text, words in
    WrittenPrefix(text).map { AddressGroup.Member($0.prefix.range, Origin(words)) }
  }

  /// Those of families that `others` has.
  static func members(beside others: [AddressGroup.Member]) -> [AddressGroup.Member] {
    let families = Set(others.map(\.range.family))
    return members.filter { families.contains($0.range.family) }
  }

  static var multicast: [AddressGroup.Member] { members.filter { $0.origin.words == "multicast" } }
}
