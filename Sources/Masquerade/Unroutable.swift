import NetSets

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
