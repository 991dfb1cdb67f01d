/// Rows of text under headers, for spreadsheets and for pull requests.
package struct Table: Hashable, Sendable {
  package let headers: [String]
  /// Each as long as `headers`.
  package let rows: [[String]]

  package init(headers: [String], rows: [[String]]) {
    self.headers = headers
    self.rows = rows
  }

  /// RFC 4180, but for its line ends: a line feed alone, which every reader takes, so that `cut`
  /// and `awk` find no carriage return in the last column.
  package var csv: String {
    ([headers] + rows).map { row in
      // A line with nothing on it would be no row to most readers.
      let line = row == [""] ? "\"\"" : row.map(csvField).joined(separator: ",")
      return line + "\n"
    }.joined()
  }

  private func csvField(_ text: String) -> String {
    let isQuoted = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    return isQuoted ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  /// A table of GitHub Flavored Markdown (§4.10).
  package var markdown: String {
    let rule = headers.map { _ in "---" }
    return ([headers.map(markdownCell), rule] + rows.map { $0.map(markdownCell) })
      .map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }

  /// A cell is one line, and means its text: no markup, no HTML, no mention of a person.
  private func markdownCell(_ text: String) -> String {
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
    return cell
  }
}
