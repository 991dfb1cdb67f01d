import Assertions
import Diagnostics
import PolicyModel
import Reports

/// Tests in the formats of other programs.
extension TestReport {
  var findings: FindingReport {
    FindingReport(
      tool: .netpolc, rules: TestReport.rules,
      findings: results.flatMap(\.findings) + coverageFindings, subject: ".")
  }

  var checks: CheckReport {
    var checks = results.map { result in
      CheckResult(
        name: result.test.assertion.name,
        outcome: result.test.holds ? .passed : .failed(result.findings))
    }
    if let required {
      checks.append(
        CheckResult(
          name: "coverage of at least \(required)%",
          outcome: isBelow ? .failed(coverageFindings) : .passed))
    }
    return CheckReport(name: "netpolc test", results: checks)
  }

  private var coverageFindings: [Finding] {
    guard isBelow, let required else { return [] }
    return coverage.uncovered.map { part in
      Finding(
        rule: "test-coverage", level: .warning,
        message: "no test touches this: \(part.text); tests cover \(coverage.percent)%, and "
          + "\(required)% is required", location: part.provenance.location,
        object: part.provenance.policy.description, hint: nil,
        fingerprint: "test-coverage \(part.text)")
    }
  }

  private static let rules = [
    FindingRule(
      id: "test-open", name: "test-found-connection-open",
      summary: "A connection that a test denies is allowed.",
      help: "Close it in the policy, or change the test if the connection is meant.",
      level: .error),
    FindingRule(
      id: "test-closed", name: "test-found-connection-closed",
      summary: "A connection that a test demands is denied.",
      help: "Open it in a policy, or change the test if nobody needs it.", level: .error),
    FindingRule(
      id: "test-coverage", name: "policy-without-test",
      summary: "No test touches this part of a policy.",
      help: "Write a test that fails when this part is removed.", level: .warning),
  ]
}

extension TestReport.Result {
  fileprivate var findings: [Finding] { failures.map { $0.finding(of: test.assertion) } }
}

extension TestFailure {
  fileprivate func finding(of assertion: Assertion) -> Finding {
    let reasons = violation.causes.map { cause in
      cause.location.map { "\(cause.text) (\($0.fileAndLine))" } ?? cause.text
    }
    let rule: String =
      switch violation.kind {
      case .allowed: "test-open"
      case .denied, .unconnected: "test-closed"
      }
    return Finding(
      rule: rule, level: .error,
      message: "\(assertion.name): \(message)"
        + (reasons.isEmpty ? "" : "; \(reasons.joined(separator: ", "))"),
      location: location ?? assertion.location,
      object: violation.causes.lazy.compactMap(\.policy).first?.description, hint: nil,
      fingerprint: "\(rule) \(assertion.name) \(message)")
  }
}
