import Diagnostics

/// What a file is written in.
enum ManifestFormat {
  case json
  case yaml

  var syntaxCode: DiagnosticCode { self == .json ? .jsonSyntax : .yamlSyntax }
}

/// Looks at all bytes of a file before it is parsed: parsers may then take it for text.
struct EncodingCheck {
  private let text: UnsafeBufferPointer<UInt8>
  private let format: ManifestFormat
  /// Whether there are line breaks that count in YAML and not in editors: a carriage return on its
  /// own, and Unicode's.
  private(set) var hasOddLineBreaks = false
  /// The end of the file.
  private(set) var ending = Place(line: 1, column: 1)
  private var directives = 0
  private var lineStart = 0

  init(_ text: UnsafeBufferPointer<UInt8>, _ format: ManifestFormat) throws(ManifestError) {
    self.text = text
    self.format = format
    if text.count >= 2, text[0] == 0xFE && text[1] == 0xFF || text[0] == 0xFF && text[1] == 0xFE {
      throw ManifestError(
        code: .invalidUTF8, message: "found UTF-16 text, expected UTF-8",
        place: Place(line: 1, column: 1), hint: "convert it with `iconv -f UTF-16 -t UTF-8`")
    }
    try check()
  }

  private mutating func check() throws(ManifestError) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = UnsafeRawBufferPointer(text)
    var index = byteOrderMarkLength(text)
    lineStart = index
    try startLine(at: index)
    while index < text.count {
      if index + 8 <= text.count {
        // The high bits of bytes that are not ASCII, below a space, or (for the lowest such) DEL.
        let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        let deletes = word ^ (ones &* 0x7F)
        let special =
          (word | (word &- ones &* 0x20) & ~word | (deletes &- ones) & ~deletes) & (ones &* 0x80)
        if special == 0 {
          index += 8
          continue
        }
        index += special.trailingZeroBitCount / 8
      }
      switch text[index] {
      case UInt8(ascii: "\n"):
        index += 1
        ending.line += 1
        lineStart = index
        try startLine(at: index)
      case UInt8(ascii: "\t"), 0x20...0x7E:
        index += 1
      case UInt8(ascii: "\r"):
        index += 1
        if index < text.count, text[index] == UInt8(ascii: "\n") { continue }
        hasOddLineBreaks = true
        try startLine(at: index)
      case 0x80...:
        index += try checkMultibyte(at: index)
      default:
        guard text[index] == 0x7F, format == .json else {
          throw control(UInt32(text[index]), at: index)
        }
        index += 1
      }
    }
    for byte in text[lineStart...] where byte & 0xC0 != 0x80 { ending.column += 1 }
  }

  /// Counts a document's directives, the lines that start with `%`. libyaml compares each with all
  /// before it, inside of one event, so there may only be few.
  private mutating func startLine(at index: Int) throws(ManifestError) {
    guard format == .yaml, index < text.count else { return }
    switch text[index] {
    case UInt8(ascii: "%"): directives += 1
    case UInt8(ascii: "#"), UInt8(ascii: " "), UInt8(ascii: "\t"): return
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x80...: return
    default: directives = 0
    }
    let limit = 64
    if directives > limit {
      throw ManifestError(
        code: .yamlSyntax,
        message: "found more than \(limit) directives, lines that start with `%`",
        place: place(ofByte: index, in: text))
    }
  }

  /// The length of the character at `index`, which is not ASCII.
  private mutating func checkMultibyte(at index: Int) throws(ManifestError) -> Int {
    let lead = text[index]
    let length =
      switch lead {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    guard length > 0, length <= text.count - index else { throw notUTF8(at: index) }
    // Overlong forms, surrogates and what is past Unicode show in the second byte.
    let second: ClosedRange<UInt8> =
      switch lead {
      case 0xE0: 0xA0...0xBF
      case 0xED: 0x80...0x9F
      case 0xF0: 0x90...0xBF
      case 0xF4: 0x80...0x8F
      default: 0x80...0xBF
      }
    guard second ~= text[index + 1] else { throw notUTF8(at: index) }
    var scalar = UInt32(lead) & (0x7F >> UInt32(length))
    for offset in 1..<length {
      let byte = text[index + offset]
      guard byte & 0xC0 == 0x80 else { throw notUTF8(at: index) }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    if format == .yaml {
      switch scalar {
      case 0x85, 0x2028, 0x2029:
        hasOddLineBreaks = true
        try startLine(at: index + length)
      case 0x80..<0xA0, 0xFFFE, 0xFFFF: throw control(scalar, at: index)
      default: break
      }
    }
    return length
  }

  private func notUTF8(at index: Int) -> ManifestError {
    let digits = String(text[index], radix: 16, uppercase: true)
    return ManifestError(
      code: .invalidUTF8, message: "found the byte 0x\(digits), expected UTF-8 text",
      place: place(ofByte: index, in: text), hint: "save the file as UTF-8")
  }

  private func control(_ scalar: UInt32, at index: Int) -> ManifestError {
    ManifestError(
      code: format.syntaxCode,
      message: "found the control character \(codePoint(scalar)), expected text",
      place: place(ofByte: index, in: text))
  }
}

/// `U+0000`.
func codePoint(_ scalar: UInt32) -> String {
  let digits = String(scalar, radix: 16, uppercase: true)
  return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

/// Text of the input as a message shows it: in backticks, shortened, and without characters that
/// would break the line or steer a terminal.
func shown(_ text: UnsafeBufferPointer<UInt8>) -> String {
  let limit = 60
  let scalars = String(decoding: text.prefix(4 * limit), as: UTF8.self).unicodeScalars
  let quote = scalars.contains("`") ? "\"" : "`"
  var result = quote
  for scalar in scalars.prefix(limit) {
    let isControl = scalar.properties.generalCategory == .control
    result.unicodeScalars.append(isControl ? "?" : scalar)
  }
  return result + (scalars.count > limit ? "…" : "") + quote
}
