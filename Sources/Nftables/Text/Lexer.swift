/// Why a text is not one of our rulesets.
package struct RulesetSyntaxError: Error, Hashable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  /// From 1, in characters.
  package let column: Int
  package let message: String

  package var description: String { "\(line):\(column): \(message)" }
}

/// The smallest parts of nft's language, as far as we use it.
enum Token: Equatable {
  /// Names, keywords, numbers, addresses; also `.`, `:`, `-` and `/` alone, and `!=`.
  case word(String)
  /// What is between quotes; nft has no escapes.
  case quoted(String)
  /// `{ } ; , @ = + [ ]` each by itself.
  case symbol(Unicode.Scalar)
  /// Ends a rule or a property, as `;` does.
  case newline
  case end
  /// Something that our language has no use for, such as a quote without end.
  case unknown(String)

  /// For messages: what was found.
  var text: String {
    switch self {
    case .word(let word): "\"\(word)\""
    case .quoted(let text): "the quoted \"\(text)\""
    case .symbol(let symbol): "\"\(symbol)\""
    case .newline: "the end of the line"
    case .end: "the end of the text"
    case .unknown(let text): text
    }
  }
}

/// Cuts text into tokens, one at a time; comments from `#` to the end of the line are skipped.
struct Lexer {
  private let bytes: [UInt8]
  private var position = 0
  /// Where the token that `next` returned last begins.
  private(set) var start = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func next() -> Token {
    skipBlanks()
    start = position
    guard position < bytes.count else { return .end }
    let byte = bytes[position]
    if Lexer.isWord(byte) {
      position = bytes[position...].firstIndex { !Lexer.isWord($0) } ?? bytes.count
      return .word(String(decoding: bytes[start..<position], as: UTF8.self))
    }
    position += 1
    switch byte {
    case UInt8(ascii: "\n"): return .newline
    case UInt8(ascii: "\""): return quoted()
    case UInt8(ascii: "!") where position < bytes.count && bytes[position] == UInt8(ascii: "="):
      position += 1
      return .word("!=")
    case let symbol where Lexer.symbols.contains(symbol): return .symbol(Unicode.Scalar(symbol))
    default: return unknown()
    }
  }

  /// Line and column of a place that `start` named.
  func place(of offset: Int) -> (line: Int, column: Int) {
    let before = bytes[..<offset]
    let newline = UInt8(ascii: "\n")
    let line = 1 + before.count { $0 == newline }
    let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
    // Bytes that continue a character do not begin a column.
    return (line, 1 + before[lineStart...].count { $0 & 0xc0 != 0x80 })
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "#"):
        position = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      default: return
      }
    }
  }

  private mutating func quoted() -> Token {
    let rest = bytes[position...]
    guard let close = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == 10 }),
      bytes[close] == UInt8(ascii: "\"")
    else { return .unknown("a quote without end") }
    defer { position = close + 1 }
    return .quoted(String(decoding: rest[..<close], as: UTF8.self))
  }

  private mutating func unknown() -> Token {
    // The whole character, should it have more bytes.
    while position < bytes.count, bytes[position] & 0xc0 == 0x80 { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let printable = bytes[start] > 0x20 && bytes[start] != 0x7f
    return .unknown(printable ? "\"\(text)\"" : "a control character")
  }

  private static let symbols = Set("{};,@=+[]".utf8)

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    // In ASCII order: - . / 0 to 9 and the colon.
    case UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: "_"): true
    default: false
    }
  }
}
