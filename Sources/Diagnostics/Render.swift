/// Text for people: the headline, the source line, and a caret under the place.
extension Diagnostic {
  /// - Parameter sourceLine: the text of the line that `location` names, without its newline; nil
  ///   when it cannot be had, which leaves out the excerpt.
  package func render(sourceLine: String?) -> String {
    guard let location, let sourceLine else {
      return hint.map { "\(headline)\n      \($0)" } ?? headline
    }
    return "\(headline)\n\(location.excerpt(of: sourceLine, hint: hint))"
  }
}

extension SourceLocation {
  /// The line with its number, and under it a caret with the hint.
  package func excerpt(of sourceLine: String, hint: String?) -> String {
    let number = String(line)
    let gutter = String(repeating: " ", count: max(5 - number.count, 0)) + number
    let (excerpt, offset) = window(sourceLine)
    let margin = String(repeating: " ", count: gutter.count)
    let pad = String(repeating: " ", count: offset)
    let note = hint.map { " \($0)" } ?? ""
    return "\(gutter) | \(excerpt)\n\(margin) | \(pad)^\(note)"
  }

  /// The part of a long line that a terminal can show, and the caret's offset in it. Control
  /// characters are shown as `?`, so that no input can steer the terminal.
  private func window(_ line: String) -> (excerpt: String, offset: Int) {
    let width = 120
    // Cut first: a line can be a whole file.
    let start = max(0, column - 1 - width / 2)
    let part = line.unicodeScalars.dropFirst(start)
    let shown = part.prefix(width).map { scalar -> Character in
      if scalar == "\t" { return " " }
      return scalar.properties.generalCategory == .control ? "?" : Character(scalar)
    }
    let head = start > 0 ? "…" : ""
    let tail = part.dropFirst(width).isEmpty ? "" : "…"
    let caret = min(max(column - 1 - start, 0), shown.count)
    return (head + String(shown) + tail, caret + head.count)
  }
}
