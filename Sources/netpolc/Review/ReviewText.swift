import Analysis
import Diagnostics
import PolicyModel

/// A review for a person at a shell.
struct ReviewText {
  private let report: ReviewReport

  init(_ report: ReviewReport) { self.report = report }

  var text: String {
    var lines = [headline]
    if let sameness = report.sameness { lines.append(sameness) }
    for kind in ConnectionChange.Kind.allCases {
      let rows = report.rows.filter { $0.change.kind == kind }
      if rows.isEmpty { continue }
      lines += ["", kind.rawValue.uppercased()] + section(rows)
    }
    if !report.rows.isEmpty { lines += ["", verdict] }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    let counts =
      "\(report.count(.gained)) gained   \(report.count(.lost)) lost   "
      + "\(report.review.unchanged) unchanged"
    let namespaces = report.review.namespaces
    if namespaces.isEmpty { return counts }
    let names =
      namespaces.count > 5
      ? "\(namespaces.count) namespaces"
      : "namespace\(namespaces.count == 1 ? "" : "s") \(namespaces.joined(separator: ", "))"
    return "\(counts)      in \(names) and \(namespaces.count == 1 ? "its" : "their") peers"
  }

  /// Neighbours with the same causes share them.
  private func section(_ rows: [ReviewReport.Row]) -> [String] {
    let columns = (
      from: min(rows.map(\.change.from.shortName.count).max() ?? 0, 40),
      to: min(rows.map(\.change.to.shortName.count).max() ?? 0, 40),
      traffic: min(rows.map(\.change.trafficText.count).max() ?? 0, 30)
    )
    var lines: [String] = []
    for (index, row) in rows.enumerated() {
      let notes = [
        row.change.alarm?.rawValue, row.accepted.map { "accepted: \($0)" },
      ].compactMap(\.self)
      let line =
        "\(row.isCritical ? "!" : " ") \(padded(row.change.from.shortName, columns.from)) -> "
        + "\(padded(row.change.to.shortName, columns.to))   "
        + "\(padded(row.change.trafficText, columns.traffic))   \(notes.joined(separator: "; "))"
      lines.append(trimmed(line))
      let next = index + 1 < rows.count ? rows[index + 1].change.causes : nil
      if next == row.change.causes { continue }
      lines += causes(row.change.causes)
    }
    return lines
  }

  /// A place once for all that is said about it, and each thing on a line of its own.
  private func causes(_ causes: [ChangeCause]) -> [String] {
    let width = causes.compactMap(\.place?.count).max() ?? 0
    var last: String?
    return causes.flatMap { cause -> [String] in
      let place = cause.place == last ? "" : cause.place ?? ""
      last = cause.place
      return cause.text.split(separator: "; ").enumerated().map { index, text in
        let margin = width == 0 ? "" : padded(index == 0 ? place : "", width) + "   "
        return "      \(margin)\(text)"
      }
    }
  }

  private var verdict: String {
    if report.gate == .none { return "gate: none" }
    let accepted = report.rows.count - report.open.count
    let note = accepted == 0 ? "" : ", \(accepted) accepted"
    if !report.isFailed { return "gate: --fail-on \(report.gate.rawValue) -> passed\(note)" }
    return "gate: --fail-on \(report.gate.rawValue) -> failed\(note). Accept on purpose: "
      + report.acceptCommand
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
