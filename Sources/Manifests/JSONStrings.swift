import Diagnostics

/// JSON's strings, and with them the columns of what comes after: outside of strings, all is ASCII.
extension JSONReader {
  /// Reads a string. Without escapes, its text stays where it is.
  mutating func readString() throws(ManifestError) {
    let place = place
    let start = position + 1
    let quote = position
    position = start
    try skipPlainText(from: quote)
    if current == UInt8(ascii: "\"") {
      _ = builder.append(.string, start: start, length: position - start, at: place)
      position += 1
      return
    }
    let decodedStart = builder.decoded.count
    var runStart = start
    while current == UInt8(ascii: "\\") {
      appendDecoded(runStart..<position)
      try readEscape()
      runStart = position
      try skipPlainText(from: quote)
    }
    appendDecoded(runStart..<position)
    position += 1
    _ = builder.append(
      .string, .decoded, start: decodedStart, length: builder.decoded.count - decodedStart,
      at: place)
  }

  private mutating func appendDecoded(_ range: Range<Int>) {
    builder.decoded.append(contentsOf: text[range])
  }

  /// Goes on to a quote or a backslash.
  @inline(__always)
  private mutating func skipPlainText(from quote: Int) throws(ManifestError) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = UnsafeRawBufferPointer(text)
    while position < text.count {
      if position + 8 <= text.count {
        // The high bits of bytes that are not ASCII, control characters, quotes or backslashes; the
        // lowest is exact.
        let word = UInt64(
          littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let below = (word &- ones &* 0x20) & ~word
        let equal = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        let special = (word | below | equal) & (ones &* 0x80)
        if special == 0 {
          position += 8
          continue
        }
        position += special.trailingZeroBitCount / 8
      }
      switch text[position] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        return
      case 0..<0x20:
        throw lineBreakInString()
      case 0x80..<0xC0:
        // The rest of a character, whose first byte counted as a column.
        lineStart += 1
        position += 1
      default:
        position += 1
      }
    }
    throw unterminated(from: quote)
  }

  private func unterminated(from quote: Int) -> ManifestError {
    ManifestError(
      code: .jsonSyntax, message: "found the end of the file in a string, expected `\"`",
      place: Manifests.place(ofByte: quote, in: text), hint: "the string that starts here")
  }

  private func lineBreakInString() -> ManifestError {
    let isTab = text[position] == UInt8(ascii: "\t")
    return ManifestError(
      code: .jsonSyntax,
      message: "found a \(isTab ? "tab" : "line break") in a string, expected `\"`", place: place,
      hint: "in a string, it is written `\(isTab ? "\\t" : "\\n")`")
  }

  private mutating func readEscape() throws(ManifestError) {
    let start = place
    position += 1
    let byte: UInt8
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte = current
    case UInt8(ascii: "b"): byte = 0x08
    case UInt8(ascii: "f"): byte = 0x0C
    case UInt8(ascii: "n"): byte = 0x0A
    case UInt8(ascii: "r"): byte = 0x0D
    case UInt8(ascii: "t"): byte = 0x09
    case UInt8(ascii: "u"):
      position += 1
      let scalar = try readUnicodeEscape(from: start)
      builder.decoded.append(contentsOf: String(scalar).utf8)
      return
    default:
      throw unexpected("one of `\"\\/bfnrtu` after `\\`")
    }
    builder.decoded.append(byte)
    position += 1
  }

  private mutating func readUnicodeEscape(
    from start: Place
  ) throws(ManifestError) -> Unicode.Scalar {
    let first = try readHex()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, current == UInt8(ascii: "\\"), position + 1 < text.count,
      text[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let second = try readHex()
      if 0xDC00..<0xE000 ~= second,
        let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw ManifestError(
      code: .jsonSyntax, message: "found half of a surrogate pair, \(codePoint(first))",
      place: start, hint: "characters past U+FFFF are written as two escapes")
  }

  private mutating func readHex() throws(ManifestError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < text.count,
        let digit = Character(Unicode.Scalar(text[position])).hexDigitValue
      else { throw unexpected("4 hexadecimal digits after `\\u`") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
