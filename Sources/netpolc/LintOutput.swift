import ArgumentParser
import Diagnostics
import Lint
import Manifests
import Reports

/// `-o json=FILE`.
struct LintOutput: ExpressibleByArgument {
  /// A new format is a case here and a line in `text`.
  enum Kind: String, CaseIterable {
    case text
    case json
  }

  let kind: Kind
  let file: String?

  init(kind: Kind, file: String?) {
    self.kind = kind
    self.file = file
  }

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard let name = parts.first, let kind = Kind(rawValue: String(name)) else { return nil }
    if argument.contains("="), parts.count < 2 { return nil }
    self.kind = kind
    file = parts.count > 1 ? String(parts[1]) : nil
  }

  static var allValueStrings: [String] { Kind.allCases.map(\.rawValue) }

  /// - Parameter findings: those of the report that are to be shown.
  func text(_ findings: [LintFinding], of report: LintReport, _ files: [ManifestFile]) -> String {
    switch kind {
    case .text:
      LintText(
        findings, files, isComplete: !report.diagnostics.hasErrors,
        hasColour: file == nil && Console.hasColour
      ).text
    case .json: LintJSON(findings, files, notChecked: report.notChecked).text
    }
  }
}
