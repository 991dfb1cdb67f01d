/// How wide text will be, by a table of the usual sans-serif fonts: nothing here can measure one.
/// Rather a little too wide than too narrow, because fonts differ.
struct TextStyle {
  let size: Double
  /// Bold letters are wider.
  let bold: Bool

  static let title = TextStyle(size: 16, bold: true)
  static let subtitle = TextStyle(size: 12, bold: false)
  static let group = TextStyle(size: 12, bold: true)
  static let node = TextStyle(size: 12.5, bold: true)
  static let detail = TextStyle(size: 10.5, bold: false)
  static let edge = TextStyle(size: 11, bold: false)
  static let changedEdge = TextStyle(size: 11, bold: true)

  func width(of text: String) -> Double {
    let units = text.unicodeScalars.reduce(0) { $0 + thousandths(of: $1) }
    return Double(units) / 1000 * size * (bold ? 1.08 : 1)
  }

  /// `text`, or as much of it as fits, and `…`. What a name ends with tells it from its siblings as
  /// often as its start does, so a name is cut in the middle; a list or a sentence at its end.
  func fitting(_ text: String, width limit: Double) -> String {
    if width(of: text) <= limit { return text }
    let characters = Array(text)
    let isName = !text.contains(where: \.isWhitespace)
    var kept = characters.count - 1
    while kept > 1 {
      let head = isName ? (kept * 2 + 2) / 3 : kept
      let short =
        String(characters[..<head]) + "…" + String(characters[(characters.count - kept + head)...])
      if width(of: short) <= limit { return short }
      // A name can be a whole list of addresses.
      kept = min(kept - 1, max(1, Int(Double(kept) * limit / width(of: short)) + 1))
    }
    return "…"
  }

  /// `text` in lines that fit, broken at spaces.
  func lines(of text: String, width limit: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, width(of: "\(last) \(word)") <= limit {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(fitting(String(word), width: limit))
      }
    }
    return lines
  }

  /// Widths of Helvetica, in thousandths of the font's size.
  private func thousandths(of scalar: Unicode.Scalar) -> Int {
    switch scalar {
    case "i", "j", "l", "'", "|": 240
    case " ", ".", ",", ":", ";", "/", "!", "f", "t", "I", "[", "]", "\\": 290
    case "(", ")", "-", "r", "`", "\"", "*": 345
    case "c", "k", "s", "v", "x", "y", "z", "J": 510
    case "m", "M", "%", "@": 860
    case "w", "W": 800
    case "A"..."Z", "+", "=", "<", ">", "~", "&", "−": 690
    case "\u{0}"..."\u{7f}": 565
    case "…", "→", "⚠", "·": 1000
    case "\u{300}"..."\u{36f}": 0
    case "\u{80}"..."\u{2fff}": 650
    default: 1050
    }
  }
}
