import Diagnostics

/// The program that a report is of.
package struct ReportTool: Hashable, Sendable {
  package let name: String
  package let version: String

  package init(name: String, version: String) {
    self.name = name
    self.version = version
  }
}

/// What a linter or a review found, with the rules it looked for: all that any format needs.
package struct FindingReport: Sendable {
  package let tool: ReportTool
  /// Every rule that was looked for, whether anything was found or not.
  package let rules: [FindingRule]
  package let findings: [Finding]
  /// The path of what was looked at as a whole, such as the directory given with `-f`. It stands
  /// in for the file of a finding without one in formats that demand a file.
  package let subject: String

  package init(
    tool: ReportTool, rules: [FindingRule], findings: [Finding], subject: String = "."
  ) {
    self.tool = tool
    self.rules = rules
    self.findings = findings
    self.subject = subject
  }

  /// Those that nobody accepted on purpose.
  var open: [Finding] { findings.filter { $0.suppression == nil } }
}

/// The formats of other programs that a report can be printed in.
package enum ReportFormat: String, Sendable, CaseIterable {
  case sarif
  case github
  case gitlab
  case junit
  case tap

  package func text(of report: FindingReport) -> String {
    switch self {
    case .sarif: report.sarif.text
    case .github: report.gitHubAnnotations
    case .gitlab: report.gitLabCodeQuality.text
    case .junit: CheckReport(report).junit
    case .tap: CheckReport(report).tap
    }
  }
}

extension [Finding] {
  /// Errors before warnings before notes, otherwise as they are.
  var worstFirst: [Finding] {
    Finding.Level.allCases.flatMap { level in filter { $0.level == level } }
  }
}

extension Finding {
  /// The message, and what to do about it on a line of its own.
  var messageWithHint: String { hint.map { "\(message)\n\($0)" } ?? message }
}
