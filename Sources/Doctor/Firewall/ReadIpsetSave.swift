import NetSets

/// Reads what `ipset save` prints (ipset(8)): `create NAME TYPE …` and `add NAME ADDRESS …`.
enum IpsetSaveReader {
  /// The sets of addresses and of networks alone. One with an entry that is not understood, or that
  /// is an exception (`nomatch`), is left out.
  static func sets(_ text: String) -> [String: AddressSet] {
    var ranges: [String: [AddressRange]] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(separator: " ").map(String.init)
      guard words.count > 2 else { continue }
      switch words[0] {
      case "create": if ["hash:ip", "hash:net"].contains(words[2]) { ranges[words[1]] = [] }
      case "add":
        guard ranges[words[1]] != nil else { continue }
        if let range = range(words[2]), !words.contains("nomatch") {
          ranges[words[1]]?.append(range)
        } else {
          ranges[words[1]] = nil
        }
      default: continue
      }
    }
    return ranges.mapValues { AddressSet($0) }
  }

  private static func range(_ text: String) -> AddressRange? {
    IPAddress(text).map { AddressRange($0) } ?? WrittenPrefix(text)?.prefix.range
  }
}
