import Diagnostics

/// Workflow commands, which GitHub shows as annotations of a change's lines.
///
/// GitHub shows ten of each kind a step. All are printed, for the log has them; a notice says that
/// there are more, and stands before other notices so as to be among the ten.
extension FindingReport {
  private static let shown = 10

  package var gitHubAnnotations: String {
    let open = open
    func counted(_ level: Finding.Level) -> [Finding] { open.filter { $0.level == level } }
    var lines = counted(.error).map(annotation) + counted(.warning).map(annotation)
    let hidden = Finding.Level.allCases.compactMap { level -> String? in
      let count = counted(level).count
      return count > FindingReport.shown ? "\(count) \(level.command)s" : nil
    }
    if !hidden.isEmpty {
      let message =
        "\(hidden.joined(separator: ", ")): GitHub shows \(FindingReport.shown) of each kind as "
        + "annotations, this step's log has all"
      lines.append("::notice title=\(property(tool.name))::\(data(message))")
    }
    lines += counted(.note).map(annotation)
    return lines.map { $0 + "\n" }.joined()
  }

  private func annotation(_ finding: Finding) -> String {
    var properties: [String] = []
    if let location = finding.location, let path = ReportPath(location) {
      properties = [
        "file=\(property(path.text))", "line=\(location.line)", "col=\(location.column)",
      ]
    }
    properties.append("title=\(property(finding.rule))")
    return "::\(finding.level.command) \(properties.joined(separator: ","))"
      + "::\(data(finding.messageWithHint))"
  }

  /// As `@actions/core` escapes the message of a command, and the runner reads it.
  private func data(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      // A log that a terminal may show.
      case _ where scalar.properties.generalCategory == .control && scalar != "\t":
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Likewise of a property, which ends at a colon or a comma.
  private func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}

extension Finding.Level {
  fileprivate var command: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .note: "notice"
    }
  }
}
