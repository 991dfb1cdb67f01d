/// Text that is Markdown of GitHub's flavour already, on one line, as a cell of a table has it.
package struct MarkdownText: Hashable, Sendable {
  package let source: String

  /// Means the text: no markup, no HTML, no mention of a person.
  package init(_ text: String) {
    var cell = ""
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "`", "*", "_", "[", "]", "|", "~": cell += "\\\(scalar)"
      case "<": cell += "&lt;"
      case ">": cell += "&gt;"
      case "&": cell += "&amp;"
      case "@": cell += "&#64;"
      case "\n": cell += previous == "\r" ? "" : "<br>"
      case "\r": cell += "<br>"
      case "\t": cell += " "
      case _ where scalar.properties.generalCategory == .control: cell += "\u{FFFD}"
      default: cell.unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    source = cell
  }

  private init(source: String) { self.source = source }

  /// - Parameter address: a URI, in which nothing is left to escape.
  package static func link(_ text: String, to address: String) -> MarkdownText {
    MarkdownText(source: "[\(MarkdownText(text).source)](\(address))")
  }

  package static func + (left: MarkdownText, right: MarkdownText) -> MarkdownText {
    MarkdownText(source: left.source + right.source)
  }

  /// Below each other.
  package static func lines(_ lines: [MarkdownText]) -> MarkdownText {
    MarkdownText(source: lines.map(\.source).joined(separator: "<br>"))
  }

  /// A table of GitHub Flavored Markdown (§4.10).
  package static func table(headers: [String], rows: [[MarkdownText]]) -> String {
    let head = headers.map { MarkdownText($0) }
    let rule = headers.map { _ in MarkdownText(source: "---") }
    return ([head, rule] + rows).map { row in
      "| \(row.map(\.source).joined(separator: " | ")) |\n"
    }.joined()
  }
}
