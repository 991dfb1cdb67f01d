/// One input: its name as shown in messages, and its bytes.
package struct ManifestFile: Sendable {
  package let path: String
  package let bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// The text of line `number`, counted from 1, without its newline and without a byte order mark;
  /// bytes that are not UTF-8 are replaced. nil past the end. A line ends at a line feed; what
  /// follows the last one is a line too, even if it is empty.
  package func line(_ number: Int) -> String? {
    bytes.withUnsafeBufferPointer { text in
      guard number >= 1, let start = startOfLine(number, in: text) else { return nil }
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
      if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      return String(decoding: text[start..<end], as: UTF8.self)
    }
  }
}

/// Bytes of a UTF-8 byte order mark at the start: 3, or 0 when there is none.
func byteOrderMarkLength(_ text: UnsafeBufferPointer<UInt8>) -> Int {
  text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF ? 3 : 0
}

/// The offset at which line `number`, counted from 1, starts; nil past the end.
func startOfLine(_ number: Int, in text: UnsafeBufferPointer<UInt8>) -> Int? {
  var offset = byteOrderMarkLength(text)
  var remaining = number - 1
  while remaining > 0 {
    guard offset < text.count else { return nil }
    if text[offset] == UInt8(ascii: "\n") { remaining -= 1 }
    offset += 1
  }
  return offset
}

/// The place of the byte at `offset`, in text that is UTF-8 up to there.
func place(ofByte offset: Int, in text: UnsafeBufferPointer<UInt8>) -> Place {
  var place = Place(line: 1, column: 1)
  for index in byteOrderMarkLength(text)..<max(offset, byteOrderMarkLength(text)) {
    if text[index] == UInt8(ascii: "\n") {
      place.line += 1
      place.column = 1
    } else if text[index] & 0xC0 != 0x80 {
      place.column += 1
    }
  }
  return place
}

/// The first byte of the character at `place`; nil past the end of its line.
func byte(at place: Place, in text: UnsafeBufferPointer<UInt8>) -> UInt8? {
  guard var offset = startOfLine(Int(place.line), in: text) else { return nil }
  var remaining = place.column - 1
  while offset < text.count, text[offset] != UInt8(ascii: "\n") {
    if text[offset] & 0xC0 != 0x80 {
      if remaining == 0 { return text[offset] }
      remaining -= 1
    }
    offset += 1
  }
  return nil
}
