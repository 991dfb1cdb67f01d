import Diagnostics
import Lint
import Manifests
import Reports

/// Findings for programs, schema `netpolc.lint/v1`; also those that are suppressed, with the reason.
struct LintJSON {
  private let findings: [LintFinding]
  private let files: Int
  private let notChecked: [String]

  init(_ findings: [LintFinding], _ files: [ManifestFile], notChecked: [String]) {
    self.findings = findings
    self.files = files.count
    self.notChecked = notChecked
  }

  var text: String {
    let shown = findings.map(\.finding).filter { $0.suppression == nil }
    let counts = Finding.Level.allCases.map { level in
      ("\(level.rawValue)s", JSON.integer(shown.count { $0.level == level }))
    }
    return JSON.object([
      ("schema", "netpolc.lint/v1"),
      (
        "summary",
        .object(
          counts + [
            ("suppressed", .integer(findings.count - shown.count)), ("files", .integer(files)),
          ])
      ), ("notChecked", .array(notChecked.map { .string($0) })),
      ("findings", .array(findings.map { json($0) })),
    ]).text
  }

  private func json(_ found: LintFinding) -> JSON {
    let finding = found.finding
    func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
    return [
      "rule": .string(finding.rule), "level": .string(finding.level.rawValue),
      "message": .string(finding.message), "hint": text(finding.hint),
      "object": text(finding.object), "path": .string(found.place),
      "source": finding.location?.json ?? .null, "fingerprint": .string(finding.fingerprint),
      "suppression": text(finding.suppression),
    ]
  }
}
