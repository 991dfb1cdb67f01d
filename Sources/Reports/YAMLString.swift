/// A string in YAML: as it is where nothing else can be meant, in double quotes otherwise.
enum YAMLString {
  static func text(of string: String) -> String { isPlain(string) ? string : quoted(string) }

  /// Narrower than YAML is: letters and digits of ASCII with some signs between them, that no
  /// version of YAML reads as a number, a time, a boolean or null.
  private static func isPlain(_ string: String) -> Bool {
    guard let first = string.utf8.first, let last = string.utf8.last, isWord(first), isWord(last),
      string.utf8.allSatisfy({ isWord($0) || isInner($0) }),
      !otherMeanings.contains(string.lowercased())
    else { return false }
    // Numbers and times begin with a digit, and none has a slash.
    return !isDigit(first) || string.utf8.contains(UInt8(ascii: "/"))
  }

  /// Null and booleans of YAML 1.1 (yaml.org/type) in any mixture of cases.
  private static let otherMeanings: Set<String> = [
    "null", "true", "false", "yes", "no", "on", "off", "y", "n",
  ]

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
      || isDigit(byte) || byte == UInt8(ascii: "_")
  }

  /// Of these a space is the only one that could be misread beside another: a colon and a number
  /// sign, which mean something beside a space, are not among them.
  private static func isInner(_ byte: UInt8) -> Bool { " -./+=@()".utf8.contains(byte) }

  /// YAML 1.2.2 §5.7. All that is not printable, that some reader takes for a line break, or that
  /// could not be told from a byte order mark, is escaped.
  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar.value {
      case 0x22: text += "\\\""
      case 0x5C: text += "\\\\"
      case 0x09: text += "\\t"
      case 0x0A: text += "\\n"
      case 0x0D: text += "\\r"
      case 0..<0x20, 0x7F..<0xA0: text += "\\x\(digits(scalar, 2))"
      case 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: text += "\\u\(digits(scalar, 4))"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  private static func digits(_ scalar: Unicode.Scalar, _ count: Int) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: count - digits.count) + digits
  }
}
