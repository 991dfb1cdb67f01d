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

  /// A table of GitHub Flavored Markdown, whose cells mean their text.
  package var markdown: String {
    MarkdownText.table(headers: headers, rows: rows.map { $0.map { MarkdownText($0) } })
  }
}
