import CYaml

/// Where libyaml's lines are in the lines that editors show. It also ends a line at a carriage
/// return and at Unicode's line breaks. Made only for files that have such.
struct YAMLLines {
  /// The places at which its lines start.
  private var starts = [Place(line: 1, column: 1)]

  init(_ text: UnsafeBufferPointer<UInt8>) {
    var place = Place(line: 1, column: 1)
    var index = byteOrderMarkLength(text)
    while index < text.count {
      let rest = text[index...].prefix(3)
      index += 1
      if rest[rest.startIndex] == UInt8(ascii: "\n") {
        place = Place(line: place.line + 1, column: 1)
        starts.append(place)
        continue
      }
      place.column += 1
      // Continuation bytes go with their first.
      while index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
      let isBreak =
        rest.first == UInt8(ascii: "\r") && rest.dropFirst().first != UInt8(ascii: "\n")
        || rest.starts(with: [0xC2, 0x85]) || rest.starts(with: [0xE2, 0x80, 0xA8])
        || rest.starts(with: [0xE2, 0x80, 0xA9])
      if isBreak { starts.append(place) }
    }
  }

  /// nil past the end.
  func place(_ mark: yaml_mark_t) -> Place? {
    guard mark.line < starts.count else { return nil }
    var place = starts[mark.line]
    place.column += UInt32(truncatingIfNeeded: mark.column)
    return place
  }
}
