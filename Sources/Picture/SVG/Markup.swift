/// Elements of SVG under construction.
struct Markup {
  private(set) var text = ""

  /// Nothing in `markup` is escaped.
  mutating func raw(_ markup: String) { text += markup }

  /// As `raw`, and a new line.
  mutating func line(_ markup: String) {
    text += markup
    text += "\n"
  }

  /// What a pointer over the element shows.
  mutating func title(_ lines: [String]) {
    text += "<title>\(Self.escaped(lines.joined(separator: "\n")))</title>"
  }

  mutating func rectangle(
    _ box: Rectangle, radius: Double, style: String? = nil
  ) {
    let style = style.map { " class=\"\($0)\"" } ?? ""
    text += "<rect\(style) x=\"\(number(box.x))\" y=\"\(number(box.y))\""
    text += " width=\"\(number(box.width))\" height=\"\(number(box.height))\""
    text += " rx=\"\(number(radius))\"/>"
  }

  mutating func words(_ words: String, x: Double, y: Double, style: String? = nil) {
    let style = style.map { " class=\"\($0)\"" } ?? ""
    text += "<text\(style) x=\"\(number(x))\" y=\"\(number(y))\">\(Self.escaped(words))</text>"
  }

  mutating func path(_ data: String, style: String) {
    text += "<path class=\"\(style)\" d=\"\(data)\"/>"
  }

  /// Text as XML may hold it, in an element or between double quotes. What no XML can hold becomes
  /// a replacement character.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// To a tenth of a pixel, which no eye tells from the rest.
func number(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  let sign = tenths < 0 ? "-" : ""
  let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
  return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
}

func pair(_ point: Point) -> String { "\(number(point.x)) \(number(point.y))" }
