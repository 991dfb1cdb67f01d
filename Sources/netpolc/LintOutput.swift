import Diagnostics
import Lint
import Manifests
import Reports

enum LintFormat: String, CaseIterable, Sendable {
  case text
  case json
  case sarif
  case github
  case gitlab
  case junit
  case tap
}

/// Findings in each of the forms.
struct LintOutput {
  /// Those that are to be shown.
  let findings: [LintFinding]
  let report: LintReport
  let files: [ManifestFile]
  /// What was given with `-f`.
  let subject: String

  func text(_ format: LintFormat, hasColour: Bool) -> String {
    switch format {
    case .text:
      LintText(
        findings, files, isComplete: !report.diagnostics.hasErrors, hasColour: hasColour
      ).text
    case .json: LintJSON(findings, files, notChecked: report.notChecked).text
    case .sarif: ReportFormat.sarif.text(of: finished)
    case .github: ReportFormat.github.text(of: finished)
    case .gitlab: ReportFormat.gitlab.text(of: finished)
    case .junit: ReportFormat.junit.text(of: finished)
    case .tap: ReportFormat.tap.text(of: finished)
    }
  }

  private var finished: FindingReport {
    FindingReport(
      tool: .netpolc, rules: lintRules.map(\.about).filter { report.asked.contains($0.id) },
      findings: findings.map(\.finding), subject: subject)
  }
}
