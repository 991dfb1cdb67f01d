import Diagnostics

/// GitLab's Code Quality report: the part of Code Climate's format that GitLab reads. It knows no
/// suppression, so accepted findings are left out; a finding without a file gets the report's
/// subject, for GitLab demands a path and a line.
extension FindingReport {
  package var gitLabCodeQuality: JSON {
    .array(
      open.map { finding in
        let path = ReportPath(finding.location)
        return [
          "description": .string(finding.messageWithHint),
          "check_name": .string(finding.rule),
          "fingerprint": .string(finding.fingerprint),
          "severity": .string(finding.level.gitLabSeverity),
          "location": [
            "path": .string((path ?? ReportPath(subject)).text),
            "lines": ["begin": .integer(path == nil ? 1 : finding.location?.line ?? 1)],
          ],
        ]
      })
  }
}

extension Finding.Level {
  /// Of info, minor, major, critical and blocker.
  fileprivate var gitLabSeverity: String {
    switch self {
    case .error: "major"
    case .warning: "minor"
    case .note: "info"
    }
  }
}
