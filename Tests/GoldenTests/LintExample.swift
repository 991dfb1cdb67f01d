import Diagnostics
import Lint
import Manifests
import Reports

/// A folder of `examples/lint/RULE/`: an input that a rule finds something in, or one in which it
/// does not.
struct LintExample: Sendable, CustomStringConvertible {
  let rule: String
  let kind: Kind

  enum Kind: String, CaseIterable, Sendable {
    case bad
    case good
  }

  static let directory = "lint"

  static let all: [LintExample] =
    (try? Repository.names(in: "examples/\(directory)"))?.flatMap { rule in
      Kind.allCases.map { LintExample(rule: rule, kind: $0) }
    } ?? []

  var description: String { "\(rule)/\(kind.rawValue)" }
  var path: String { "examples/\(LintExample.directory)/\(description)" }
  /// What is found in it.
  var golden: String { "golden/\(LintExample.directory)/\(description).txt" }

  func files() throws -> [ManifestFile] {
    try Repository.files(below: path).map {
      ManifestFile(path: $0, bytes: try Repository.read($0))
    }
  }

  /// The findings, a line and its hint each, then what could not be checked.
  func text() throws -> String {
    let report = lint(LintInput(try files()))
    let findings = report.findings.map(\.finding).map { finding in
      let place = finding.location.map { "\($0): " } ?? ""
      let hint = finding.hint.map { "\n    \($0)" } ?? ""
      let accepted = finding.suppression.map { "\n    accepted: \($0)" } ?? ""
      return
        "\(place)\(finding.level.rawValue): \(finding.message) [\(finding.rule)]\(hint)\(accepted)\n"
    }
    let diagnostics = report.diagnostics.sorted.map { $0.headline + "\n" }
    return (diagnostics + report.notChecked.map { $0 + "\n" } + findings).joined()
  }
}
