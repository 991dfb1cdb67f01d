import Analysis
import ArgumentParser
import Diagnostics
import PolicyModel
import Reports

/// A review in the formats of other programs.
extension ReviewReport {
  var findings: FindingReport {
    FindingReport(
      tool: .netpolc, rules: ReviewReport.rules, findings: rows.map(\.finding), subject: ".")
  }

  /// A check for each change, so that a test runner shows them one by one.
  var checks: CheckReport {
    let results = rows.map { row -> CheckResult in
      let name = "\(row.change.kind.rawValue) \(row.sentence)"
      if let accepted = row.accepted {
        return CheckResult(name: name, outcome: .skipped(reason: "accepted: \(accepted)"))
      }
      let isFailing = failing.contains { $0.id == row.id && $0.change.kind == row.change.kind }
      return CheckResult(name: name, outcome: isFailing ? .failed([row.finding]) : .passed)
    }
    let same = CheckResult(name: "no connection changed", outcome: .passed)
    return CheckReport(name: "netpolc review", results: results.isEmpty ? [same] : results)
  }

  private static let rules = [
    FindingRule(
      id: "gained", name: "connection-gained", summary: "The change opens a connection.",
      help:
        "A connection that was denied is now allowed. Check that it is meant, or accept it with "
        + "`netpolc review --write-allow`.", level: .warning),
    FindingRule(
      id: "gained-critical", name: "dangerous-connection-gained",
      summary: "The change opens a connection that is dangerous more often than not.",
      help: "A workload is no longer isolated, can be reached from the internet, or can reach the "
        + "cloud's metadata address, where it finds its node's credentials.", level: .error),
    FindingRule(
      id: "lost", name: "connection-lost", summary: "The change closes a connection.",
      help: "A connection that was allowed is now denied: what needs it will fail.",
      level: .warning),
  ]
}

extension ReviewReport.Row {
  /// `shop/api -> 169.254.169.254/32 TCP 80,443`
  var sentence: String {
    "\(change.from.shortName) -> \(change.to.shortName) \(change.trafficText)"
  }

  fileprivate var finding: Finding {
    let rule = change.kind == .lost ? "lost" : isCritical ? "gained-critical" : "gained"
    // A line that is gone cannot be shown in the new version.
    let cause = change.causes.first { $0.location != nil && !$0.isInBase } ?? change.causes.first
    let reasons = change.causes.map { cause in
      cause.place.map { "\(cause.text) (\($0))" } ?? cause.text
    }
    let alarm = change.alarm.map { " [\($0.rawValue)]" } ?? ""
    return Finding(
      rule: rule, level: isCritical ? .error : .warning,
      message: "\(change.kind.rawValue): \(sentence)\(alarm)"
        + (reasons.isEmpty ? "" : ": \(reasons.joined(separator: "; "))"),
      location: cause.flatMap { $0.isInBase ? nil : $0.location },
      object: cause?.policy?.description, hint: nil, fingerprint: "\(change.kind.rawValue) \(id)",
      suppression: accepted)
  }
}

extension ReportTool {
  static let netpolc = ReportTool(name: "netpolc", version: Netpolc.configuration.version)
}
