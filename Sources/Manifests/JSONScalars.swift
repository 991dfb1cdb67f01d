import Diagnostics

/// JSON's words and numbers.
extension JSONReader {
  /// Reads `true`, `false` or `null`.
  mutating func readWord(expected: String) throws(ManifestError) {
    let end = endOfWord
    let word = UnsafeBufferPointer(rebasing: text[position..<end])
    let shape: Node.Shape
    if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) {
      shape = .boolean
    } else if word.elementsEqual("null".utf8) {
      shape = .null
    } else if word.isEmpty {
      throw unexpected(expected)
    } else {
      throw malformed(word, expected: expected)
    }
    _ = builder.append(shape, start: position, length: word.count, at: place)
    position = end
  }

  /// Reads a number; it is an integer if it has neither a fraction nor an exponent.
  mutating func readNumber() throws(ManifestError) {
    let end = endOfWord
    let word = UnsafeBufferPointer(rebasing: text[position..<end])
    var index = word[0] == UInt8(ascii: "-") ? 1 : 0
    func skipDigits() -> Bool {
      let start = index
      while index < word.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= word[index] { index += 1 }
      return index > start
    }
    func skip(_ byte: UInt8) -> Bool {
      guard index < word.count, word[index] == byte else { return false }
      index += 1
      return true
    }
    var isValid = skip(UInt8(ascii: "0")) || skipDigits()
    var shape = Node.Shape.integer
    if skip(UInt8(ascii: ".")) {
      shape = .number
      isValid = skipDigits() && isValid
    }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      shape = .number
      if !skip(UInt8(ascii: "-")) { _ = skip(UInt8(ascii: "+")) }
      isValid = skipDigits() && isValid
    }
    guard isValid, index == word.count else { throw malformed(word, expected: "a number") }
    _ = builder.append(shape, start: position, length: word.count, at: place)
    position = end
  }

  /// The end of what a reader takes for one word or number at the position.
  private var endOfWord: Int {
    var end = position
    while end < text.count {
      switch text[end] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "_"):
        end += 1
      default:
        return end
      }
    }
    return end
  }

  private func malformed(
    _ word: UnsafeBufferPointer<UInt8>, expected: String
  ) -> ManifestError {
    ManifestError(
      code: .jsonSyntax, message: "found \(shown(word)), expected \(expected)", place: place)
  }
}
