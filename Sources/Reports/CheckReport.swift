import Diagnostics

/// How checks ended, for the formats of test runners.
package struct CheckReport: Sendable {
  /// Of the whole suite.
  package let name: String
  package let results: [CheckResult]

  package init(name: String, results: [CheckResult]) {
    self.name = name
    self.results = results
  }

  /// A check for each rule that found nothing, and one for each finding. Test runners know no
  /// notes, and nobody's pipeline should fail for one: notes are skipped, with what they say as
  /// the reason, as are accepted findings.
  package init(_ report: FindingReport) {
    let found = Dictionary(grouping: report.findings, by: \.rule)
    let known = Set(report.rules.map(\.id))
    self.init(
      name: report.tool.name,
      results: report.rules.flatMap { rule in
        found[rule.id].map { $0.map { CheckResult($0, of: rule) } }
          ?? [CheckResult(name: "\(rule.id) \(rule.name)", outcome: .passed)]
      } + report.findings.filter { !known.contains($0.rule) }.map { CheckResult($0, of: nil) })
  }

  func count(_ isCounted: (CheckResult.Outcome) -> Bool) -> Int {
    results.count { isCounted($0.outcome) }
  }
}

extension CheckResult {
  fileprivate init(_ finding: Finding, of rule: FindingRule?) {
    let words = [
      finding.rule, rule?.name, finding.object, finding.location.map(\.fileAndLine),
    ]
    let outcome: Outcome
    if let reason = finding.suppression {
      outcome = .skipped(reason: "accepted: \(reason)")
    } else {
      switch finding.level {
      case .error, .warning: outcome = .failed([finding])
      case .note: outcome = .skipped(reason: finding.message)
      }
    }
    self.init(name: words.compactMap(\.self).joined(separator: " "), outcome: outcome)
  }
}

extension CheckResult.Outcome {
  var isFailure: Bool { if case .failed = self { true } else { false } }
  var isSkipped: Bool { if case .skipped = self { true } else { false } }
}
