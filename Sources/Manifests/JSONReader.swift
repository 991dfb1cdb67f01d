import Diagnostics

/// Reads JSON as RFC 8259 defines it, and nothing else; values may follow each other. The file must
/// have passed `EncodingCheck`.
struct JSONReader {
  private struct Frame {
    let node: UInt32
    let isObject: Bool
    var count: UInt32
  }

  let text: UnsafeBufferPointer<UInt8>
  var builder: TreeBuilder
  var position: Int
  private var line: UInt32 = 1
  /// Where the line would start if all characters since then were bytes.
  var lineStart: Int
  private var frames: [Frame] = []

  init(_ text: UnsafeBufferPointer<UInt8>, _ limits: ManifestLimits) {
    self.text = text
    builder = TreeBuilder(source: text, limits: limits)
    position = byteOrderMarkLength(text)
    lineStart = position
  }

  mutating func read() throws(ManifestError) {
    while true {
      skipSpace()
      if position >= text.count { return }
      let root = builder.nextIndex
      try readValue()
      if builder.nodes[Int(root)].shape != .null { builder.roots.append(root) }
    }
  }

  var place: Place {
    Place(line: line, column: UInt32(truncatingIfNeeded: position - lineStart + 1))
  }

  /// The byte at the position; 0, which is not in the text, at its end.
  var current: UInt8 {
    @inline(__always) get { position < text.count ? text[position] : 0 }
  }

  /// Reads a value and all that is in it, without recursion.
  private mutating func readValue() throws(ManifestError) {
    repeat {
      skipSpace()
      switch current {
      case UInt8(ascii: "{"):
        if try open(.mapping, closing: UInt8(ascii: "}")) {
          try readKey(expected: "a key in quotes or `}`")
          continue
        }
      case UInt8(ascii: "["):
        if try open(.sequence, closing: UInt8(ascii: "]")) { continue }
      case UInt8(ascii: "\""):
        try readString()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        try readNumber()
      default:
        try readWord(expected: expectedValue)
      }
      try finishValues()
    } while !frames.isEmpty
  }

  private var expectedValue: String {
    guard let frame = frames.last else {
      return builder.nodes.isEmpty ? "a value" : "another value or the end of the file"
    }
    return !frame.isObject && frame.count == 0 ? "a value or `]`" : "a value"
  }

  /// Starts a collection. Returns false if it ends at once.
  private mutating func open(_ shape: Node.Shape, closing: UInt8) throws(ManifestError) -> Bool {
    guard frames.count < builder.limits.depth else {
      throw ManifestError(
        code: .tooDeep, message: "found more than \(builder.limits.depth) levels of nesting",
        place: place)
    }
    let node = builder.append(shape, at: place)
    position += 1
    skipSpace()
    if current == closing {
      position += 1
      builder.closeSequence(node, count: 0)
      return false
    }
    frames.append(Frame(node: node, isObject: shape == .mapping, count: 0))
    return true
  }

  /// After a value: goes to the next one, past the ends of collections.
  private mutating func finishValues() throws(ManifestError) {
    while let frame = frames.last {
      let count = frame.count + 1
      frames[frames.count - 1].count = count
      skipSpace()
      switch current {
      case UInt8(ascii: ","):
        position += 1
        if frame.isObject {
          skipSpace()
          try readKey(expected: "another key in quotes after `,`")
        }
        return
      case UInt8(ascii: "}") where frame.isObject:
        builder.closeMapping(frame.node, count: count)
      case UInt8(ascii: "]") where !frame.isObject:
        builder.closeSequence(frame.node, count: count)
      default:
        throw unexpected("`,` or `\(frame.isObject ? "}" : "]")`", open: frame.node)
      }
      position += 1
      frames.removeLast()
    }
  }

  private mutating func readKey(expected: String) throws(ManifestError) {
    guard current == UInt8(ascii: "\"") else { throw unexpected(expected) }
    try readString()
    skipSpace()
    guard current == UInt8(ascii: ":") else { throw unexpected("`:` after the key") }
    position += 1
  }

  @inline(__always)
  private mutating func skipSpace() {
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        position += 1
      case UInt8(ascii: "\n"):
        position += 1
        line += 1
        lineStart = position
      default:
        return
      }
    }
  }

  /// An error about what is at the position.
  func unexpected(_ expected: String, open: UInt32? = nil) -> ManifestError {
    var found = "the end of the file"
    var hint: String?
    if position < text.count {
      var end = position + 1
      while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      found = shown(.init(rebasing: text[position..<end]))
      switch text[position] {
      case UInt8(ascii: "/"), UInt8(ascii: "#"): hint = "JSON has no comments"
      case UInt8(ascii: "'"): hint = "JSON strings are in double quotes"
      default: break
      }
    } else if let open {
      let start = builder.nodes[Int(open)].place
      hint = "what starts on line \(start.line), column \(start.column) is not closed"
    }
    return ManifestError(
      code: .jsonSyntax, message: "found \(found), expected \(expected)", place: place, hint: hint)
  }
}
