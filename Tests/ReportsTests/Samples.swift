import Diagnostics
import Manifests
import Reports
import Testing

import struct Diagnostics.SourceLocation

/// In the user's files: the testing library has a `SourceLocation` too.
typealias Place = SourceLocation

/// Findings that no format may trip over.
enum Samples {
  static let tool = ReportTool(name: "netpolc", version: "1.2.3")

  /// With all that means something somewhere: quotes, markup, an escape sequence, a NUL, line
  /// ends of each kind, separators that are no ASCII, and a character beyond the first plane.
  static let nasty =
    "50%, \"a\" <b> & 'c' # \\ | `d` \u{1B}[31m\u{0} \r\n\n\ttab \u{85}\u{2028}\u{FEFF} ü 🙂 ]]> ::x"

  static let rules = [
    FindingRule(
      id: "NPC004", name: "policy-selects-no-pod", summary: "A policy selects no pod.",
      help: "It does **nothing**.", level: .warning),
    FindingRule(
      id: "NPC005", name: "open-to-all", summary: "Anyone may connect.", help: "Name a peer.",
      level: .error),
  ]

  static func finding(
    _ number: Int = 1, rule: String = "NPC004", level: Finding.Level = .warning,
    message: String = "NetworkPolicy shop/db selects no pod",
    at location: Place? = Place(file: "./shop/db.yaml", line: 12, column: 3),
    hint: String? = nil, suppression: String? = nil
  ) -> Finding {
    Finding(
      rule: rule, level: level, message: message, location: location,
      object: "NetworkPolicy shop/db", hint: hint, fingerprint: "f\(number)",
      suppression: suppression)
  }

  static func report(_ findings: Finding..., subject: String = ".") -> FindingReport {
    report(findings, subject: subject)
  }

  static func report(_ findings: [Finding], subject: String = ".") -> FindingReport {
    FindingReport(tool: tool, rules: rules, findings: findings, subject: subject)
  }

  static let mixed = report(
    finding(1), finding(2, rule: "NPC005", level: .error, message: nasty, hint: nasty),
    finding(3, level: .note, message: "note", at: nil),
    finding(4, message: "accepted", suppression: "a \"honeypot\" | really"),
    finding(5, at: Place(file: "<stdin>", line: 3, column: 1)),
    finding(6, at: Place(file: "a b/ü:1,2%|.yaml", line: 1, column: 1)),
    finding(7, at: Place(file: "/etc/x.yaml", line: 1, column: 1)))
}

/// Reads text that a report printed, as a file called so.
func parsed(_ text: String, as name: String) throws -> [ManifestValue] {
  var diagnostics = Diagnostics()
  let values = parseManifest(
    ManifestFile(path: name, bytes: Array(text.utf8)), &diagnostics)
  try #require(diagnostics.all.map(\.headline) == [], "\(text)")
  return values
}

extension ManifestValue {
  /// Steps through members by key and items by position.
  func at(_ keys: StaticString...) -> ManifestValue? {
    var value: ManifestValue? = self
    for key in keys {
      value = Int("\(key)").map { Array(value?.items ?? items)[$0] } ?? value?[key]
    }
    return value
  }
}
