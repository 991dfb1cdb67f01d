import Diagnostics
import Lint
import Manifests
import Reports

/// Findings for people: by file, each with its line and a caret, and how many there are.
struct LintText {
  private let findings: [Finding]
  private let suppressed: Int
  private let files: [String: SourceLines]
  private let isComplete: Bool
  private let hasColour: Bool

  /// - Parameter isComplete: whether the input let every rule be asked that it has objects for.
  init(
    _ findings: [LintFinding], _ files: [ManifestFile], isComplete: Bool, hasColour: Bool
  ) {
    self.findings = findings.map(\.finding).filter { $0.suppression == nil }
    suppressed = findings.count - self.findings.count
    self.files = Dictionary(files.map { ($0.path, SourceLines($0)) }) { first, _ in first }
    self.isComplete = isComplete
    self.hasColour = hasColour
  }

  var text: String {
    var blocks: [String] = []
    var file: String?
    for finding in findings {
      // A blank line between files.
      if !blocks.isEmpty, finding.location?.file != file { blocks.append("") }
      file = finding.location?.file
      blocks.append(text(finding))
    }
    if !blocks.isEmpty { blocks.append("") }
    return (blocks + [summary]).joined(separator: "\n") + "\n"
  }

  private func text(_ finding: Finding) -> String {
    let place = finding.location.map { "\($0): " } ?? ""
    let head = "\(place)\(coloured(finding.level)): \(finding.message) [\(finding.rule)]"
    guard let location = finding.location, let line = files[location.file]?[location.line]
    else { return finding.hint.map { "\(head)\n      \($0)" } ?? head }
    return "\(head)\n\(location.excerpt(of: line, hint: finding.hint))"
  }

  /// `3 warnings, 1 note in 12 files`.
  private var summary: String {
    let counts = Finding.Level.allCases.compactMap { level -> String? in
      let count = findings.count { $0.level == level }
      return count > 0 ? counted(count, level.rawValue) : nil
    }
    let nothing = isComplete ? "nothing found" : "nothing found by the rules that could be asked"
    let what = counts.isEmpty ? nothing : counts.joined(separator: ", ")
    let accepted = suppressed > 0 ? ", \(suppressed) accepted on purpose" : ""
    return "\(what) in \(counted(files.count, "file"))\(accepted)"
  }

  private func coloured(_ level: Finding.Level) -> String {
    guard hasColour else { return level.rawValue }
    let colour =
      switch level {
      case .error: 31
      case .warning: 33
      case .note: 36
      }
    return "\u{1b}[\(colour)m\(level.rawValue)\u{1b}[0m"
  }
}
