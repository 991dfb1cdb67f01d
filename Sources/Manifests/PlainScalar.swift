/// What unquoted YAML text means. The rules are those of the YAML 1.1 reader inside kubectl and the
/// API server (go-yaml 2), not those of YAML 1.2: `yes` is a boolean and `010` is 8.
enum PlainScalar {
  typealias Text = UnsafeBufferPointer<UInt8>

  static func shape(_ text: Text) -> Node.Shape {
    guard let first = text.first else { return .null }
    switch first {
    case UInt8(ascii: "~"):
      return text.count == 1 ? .null : .string
    case UInt8(ascii: "n"), UInt8(ascii: "N"):
      if isWord(text, "null") { return .null }
      return isWord(text, "no") || isWord(text, "n") ? .boolean : .string
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      return isWord(text, "false") ? .boolean : .string
    case UInt8(ascii: "o"), UInt8(ascii: "O"):
      return isWord(text, "on") || isWord(text, "off") ? .boolean : .string
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "y"), UInt8(ascii: "Y"):
      return isTrue(text) ? .boolean : .string
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      if integer(text) != nil { return .integer }
      return isNotFinite(text) || isFloat(text) ? .number : .string
    default:
      return .string
    }
  }

  /// Whether a boolean is true.
  static func isTrue(_ text: Text) -> Bool {
    isWord(text, "true") || isWord(text, "yes") || isWord(text, "on") || isWord(text, "y")
  }

  /// An integer; its value is nil if it does not fit in 64 bits.
  struct Integer {
    let value: Int?
  }

  /// The integer that `text` spells; nil if it spells none.
  static func integer(_ text: Text) -> Integer? {
    var digits = Digits(text)
    var next = digits.next()
    let isNegative = next == UInt8(ascii: "-")
    if isNegative || next == UInt8(ascii: "+") { next = digits.next() }
    var base: UInt = 10
    var hasDigits = false
    if next == UInt8(ascii: "0") {
      next = digits.next()
      switch next {
      case UInt8(ascii: "x"), UInt8(ascii: "X"): base = 16
      case UInt8(ascii: "o"), UInt8(ascii: "O"): base = 8
      case UInt8(ascii: "b"), UInt8(ascii: "B"): base = 2
      default:
        base = 8
        hasDigits = true
      }
      if !hasDigits { next = digits.next() }
    }
    var magnitude: UInt? = 0
    while let byte = next {
      guard let digit = digitValue(byte), digit < base else { return nil }
      hasDigits = true
      magnitude = magnitude.flatMap { adding(digit, to: $0, base: base) }
      next = digits.next()
    }
    guard hasDigits else { return nil }
    return Integer(value: magnitude.flatMap { signed($0, isNegative: isNegative) })
  }

  private static func adding(_ digit: UInt, to magnitude: UInt, base: UInt) -> UInt? {
    let (product, tooLarge) = magnitude.multipliedReportingOverflow(by: base)
    let (sum, overflow) = product.addingReportingOverflow(digit)
    return tooLarge || overflow ? nil : sum
  }

  private static func signed(_ magnitude: UInt, isNegative: Bool) -> Int? {
    if !isNegative { return Int(exactly: magnitude) }
    return magnitude == Int.min.magnitude ? Int.min : Int(exactly: magnitude).map { -$0 }
  }

  private static func digitValue(_ byte: UInt8) -> UInt? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, and not beyond the largest number.
  private static func isFloat(_ text: Text) -> Bool {
    // A leading point allows no underscores, by the way the original is written.
    if text.first == UInt8(ascii: "."), text.contains(UInt8(ascii: "_")) { return false }
    var digits = Digits(text)
    var next = digits.next()
    func skipDigits() -> Bool {
      var any = false
      while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
        any = true
        next = digits.next()
      }
      return any
    }
    if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { next = digits.next() }
    let hasWhole = skipDigits()
    var hasFraction = false
    if next == UInt8(ascii: ".") {
      next = digits.next()
      hasFraction = skipDigits()
    }
    guard hasWhole || hasFraction else { return false }
    guard next == UInt8(ascii: "e") || next == UInt8(ascii: "E") else { return next == nil }
    next = digits.next()
    if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") { next = digits.next() }
    guard skipDigits(), next == nil else { return false }
    // Part of a hash, such as 12e34567, is text.
    let spelling = String(decoding: text.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    return Double(spelling)?.isFinite ?? false
  }

  private static func isNotFinite(_ text: Text) -> Bool {
    guard let first = text.first else { return false }
    let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
    let rest = Text(rebasing: text.dropFirst(isSigned ? 1 : 0))
    guard rest.count == 4, rest[0] == UInt8(ascii: ".") else { return false }
    let word = Text(rebasing: rest.dropFirst())
    if isWord(word, "inf") { return true }
    return !isSigned
      && (isWord(word, "nan") && word[0] != UInt8(ascii: "N") || isExactly(word, "NaN")
        || isExactly(word, "NAN"))
  }

  /// Whether `text` is `word` in lower case, in upper case, or with its first letter in upper case.
  private static func isWord(_ text: Text, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      var upper = 0
      for index in 0..<min(text.count, word.count) {
        guard text[index] | 0x20 == word[index] else { return false }
        if text[index] & 0x20 == 0 { upper += 1 }
      }
      return upper == 0 || upper == text.count || upper == 1 && text[0] & 0x20 == 0
    }
  }

  private static func isExactly(_ text: Text, _ word: StaticString) -> Bool {
    word.withUTF8Buffer { text.elementsEqual($0) }
  }

  /// The bytes of a number without the underscores that group its digits.
  private struct Digits {
    private let text: Text
    private var index = 0

    init(_ text: Text) { self.text = text }

    mutating func next() -> UInt8? {
      while index < text.count {
        index += 1
        if text[index - 1] != UInt8(ascii: "_") { return text[index - 1] }
      }
      return nil
    }
  }
}
