/// Text of the server as messages show it: cut, and on one line.
func quoted(_ text: String) -> String { "`\(shown(text, limit: 60))`" }

/// Without what would break the line or steer a terminal.
func shown(_ text: String, limit: Int) -> String {
  let scalars = text.unicodeScalars
  var result = ""
  for scalar in scalars.prefix(limit) {
    let isControl = scalar.properties.generalCategory == .control
    result.unicodeScalars.append(isControl ? " " : scalar)
  }
  return scalars.count > limit ? result + "…" : result
}

extension String {
  /// Without white space at both ends.
  var trimmed: String {
    guard let start = firstIndex(where: { !$0.isWhitespace }),
      let end = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[start...end])
  }
}
