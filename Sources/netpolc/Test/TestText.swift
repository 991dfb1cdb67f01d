import Assertions
import Diagnostics
import PolicyModel

/// Tests for a person at a shell: a line each, in the words of TAP, and what else is wrong below.
struct TestText {
  private let report: TestReport
  /// Of one test, before the rest is only counted.
  private static let shown = 10

  init(_ report: TestReport) { self.report = report }

  var text: String {
    let names = report.results.filter { !$0.test.holds }.map(\.test.assertion.name.count)
    let width = min(names.max() ?? 0, 60)
    var lines = report.results.enumerated().flatMap { line($0.offset + 1, $0.element, width) }
    lines.append("\(report.passed) passed, \(report.failed) failed")
    return (lines + coverage).joined(separator: "\n") + "\n"
  }

  private func line(_ number: Int, _ result: TestReport.Result, _ width: Int) -> [String] {
    let name = shown(result.test.assertion.name)
    guard let first = result.failures.first else { return ["ok \(number) \(name)"] }
    let padding = String(repeating: " ", count: max(0, width - name.count))
    var lines = ["not ok \(number) \(name)\(padding)   \(sentence(first))"]
    lines += result.failures.dropFirst().prefix(Self.shown - 1).map { "    \(sentence($0))" }
    let more = result.failures.count - Self.shown
    if more > 0 || !result.test.isComplete {
      lines.append("    and \(result.test.isComplete ? "" : "at least ")\(max(more, 1)) more")
    }
    return lines
  }

  private func sentence(_ failure: TestFailure) -> String {
    failure.place.isEmpty ? failure.message : "\(failure.message)  \(failure.place)"
  }

  /// A name is one line, whatever is in it, and steers no terminal.
  private func shown(_ name: String) -> String {
    String(
      name.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control ? " " : Character(scalar)
      })
  }

  private var coverage: [String] {
    guard report.required != nil || report.isVerbose else { return [] }
    let demand = report.required.map { ", required \($0)%" } ?? ""
    let parts = report.coverage.parts.count
    let head =
      "coverage \(report.coverage.percent)%: \(report.coverage.coveredCount) of \(parts) "
      + "parts of policies\(demand)"
    guard report.isVerbose || report.isBelow else { return [head] }
    return [head]
      + report.coverage.uncovered.map {
        "  not covered  \($0.provenance.location.fileAndLine)  \($0.text)"
      }
  }
}
