import Diagnostics

/// The Test Anything Protocol, version 14, which says how to escape and how to attach YAML.
extension CheckReport {
  package var tap: String {
    var text = "TAP version 14\n1..\(results.count)\n"
    for (index, result) in results.enumerated() {
      let point = "\(index + 1) - \(escaped(result.name))"
      switch result.outcome {
      case .passed: text += "ok \(point)\n"
      case .skipped(let reason): text += "ok \(point) # SKIP \(escaped(reason))\n"
      case .failed(let findings): text += "not ok \(point)\n" + diagnostics(findings)
      }
    }
    return text
  }

  /// A YAML diagnostic block, indented by two spaces.
  private func diagnostics(_ findings: [Finding]) -> String {
    let value = JSON.object([("findings", .array(findings.map(json)))])
    let lines = value.yaml.split(separator: "\n").map { "  \($0)\n" }
    return "  ---\n" + lines.joined() + "  ...\n"
  }

  private func json(_ finding: Finding) -> JSON {
    var members: [(String, JSON)] = [
      ("rule", .string(finding.rule)), ("severity", .string(finding.level.rawValue)),
      ("message", .string(finding.message)),
    ]
    if let object = finding.object { members.append(("object", .string(object))) }
    if let hint = finding.hint { members.append(("hint", .string(hint))) }
    if let location = finding.location { members.append(("at", location.json)) }
    return .object(members)
  }

  /// `#` would start a directive, and a line break ends the test point.
  private func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "#": escaped += "\\\(scalar)"
      case "\n", "\r", "\t": escaped += " "
      case _ where scalar.properties.generalCategory == .control: escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
