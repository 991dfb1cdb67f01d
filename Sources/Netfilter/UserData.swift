import CNetfilter

/// What nft keeps with objects for itself, and the kernel does not look at: a list of type, length
/// and value, one byte each for the first two (libnftnl/udata.h).
enum UserData {
  /// `NFTNL_UDATA_TABLE_COMMENT` and the same of chains, rules, objects and elements.
  static let comment: UInt8 = 0
  /// `NFTNL_UDATA_SET_COMMENT`
  private static let setComment: UInt8 = 7
  /// `NFTNL_UDATA_SET_KEYBYTEORDER`
  private static let keyByteOrder: UInt8 = 0
  /// `NFTNL_UDATA_SET_ELEM_FLAGS`, and `NFTNL_SET_ELEM_F_INTERVAL_OPEN` in it.
  private static let elementFlags: UInt8 = 1
  private static let openInterval: UInt32 = 1

  /// Of a table, chain, rule, object or element.
  static func bytes(comment text: String?) -> [UInt8] {
    text.map { field(comment, Array($0.utf8) + [0]) } ?? []
  }

  static func comment(in bytes: [UInt8]) -> String? { text(comment, in: bytes) }

  /// Of a set. Without the order of the key nft lists the same, but may sort otherwise.
  ///
  /// The order of a map's values is left out: nft 1.0.6 stops with a failed assertion when it is
  /// told that verdicts have one.
  static func bytes(set key: SetKeys, comment text: String?) -> [UInt8] {
    let order = field(keyByteOrder, machineBytes(key.byteOrder))
    return order + (text.map { field(setComment, Array($0.utf8) + [0]) } ?? [])
  }

  static func setComment(in bytes: [UInt8]) -> String? { text(setComment, in: bytes) }

  /// Of the last element of a set of ranges that has no end because it reaches the last address.
  static let openEnd = field(elementFlags, machineBytes(openInterval))

  private static func field(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
    precondition(value.count <= 255, "a comment has at most 128 bytes")
    return [type, UInt8(value.count)] + value
  }

  private static func text(_ type: UInt8, in bytes: [UInt8]) -> String? {
    var rest = bytes[...]
    while rest.count >= 2 {
      let length = Int(rest[rest.startIndex + 1])
      let value = rest.dropFirst(2).prefix(length)
      if rest.first == type { return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
      rest = rest.dropFirst(2 + length)
    }
    return nil
  }
}
