import Analysis
import Diagnostics
import Glibc
import Picture
import PolicyModel
import Reports

/// A review for a pull request.
struct ReviewMarkdown {
  private let report: ReviewReport
  /// GitHub takes 65,536 characters of a comment; the rest is for what others add to it.
  private static let limit = 60_000
  /// With more changes a picture in a comment shows nothing.
  private static let drawn = 40
  /// By which a bot finds its own comment again, to change it instead of adding another.
  static let marker = "<!-- netpolc-review -->"

  init(_ report: ReviewReport) { self.report = report }

  /// The counts and a table.
  var table: String { ([headline, ""] + body(report.rows)).joined(separator: "\n") + "\n" }

  /// The same with what a comment on GitHub can do, as long as GitHub takes.
  var comment: String {
    var kept = report.rows
    while true {
      let text = comment(kept)
      if text.count <= Self.limit || kept.isEmpty { return text }
      // Rows differ in length: what is over is dropped from the end, a part at a time.
      kept.removeLast(max(1, kept.count / 20))
    }
  }

  private func comment(_ rows: [ReviewReport.Row]) -> String {
    var lines = [Self.marker, "### NetworkPolicy review", "", headline, ""] + body(rows)
    if !report.rows.isEmpty, report.rows.count <= Self.drawn {
      lines += ["", "```mermaid", report.picture.mermaid + "```"]
    }
    let left = report.rows.count - rows.count
    if left > 0 {
      lines += ["", "…and \(left) more, for which there is no room: run `\(report.command)`."]
    }
    if report.isFailed {
      lines += [
        "",
        "<sub>Fails by `--fail-on \(report.gate.rawValue)`. Accept on purpose with "
          + "`\(report.command) --write-allow .netpolc-allow.yaml`.</sub>",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    let critical = report.open.count(where: \.isCritical)
    let warning = critical == 0 ? "" : " :warning: \(critical) critical."
    return "**\(report.count(.gained)) gained, \(report.count(.lost)) lost**, "
      + "\(report.review.unchanged) unchanged.\(warning)"
  }

  private func body(_ rows: [ReviewReport.Row]) -> [String] {
    if let sameness = report.sameness { return [sameness] }
    let table = Table(
      headers: ["", "from", "to", "ports", "why", "id"],
      rows: rows.map { row in
        [
          row.accepted != nil ? "✓" : row.change.kind == .gained ? "+" : "−",
          row.change.from.shortName, row.change.to.shortName, row.change.trafficText, why(row),
          row.id,
        ]
      })
    return table.markdown.split(separator: "\n").map(String.init)
  }

  private func why(_ row: ReviewReport.Row) -> String {
    let causes = row.change.causes.map { cause in
      cause.place.map { "\($0): \(cause.text)" } ?? cause.text
    }
    let notes = [row.change.alarm?.rawValue, row.accepted.map { "accepted: \($0)" }]
    return (notes.compactMap(\.self) + causes).joined(separator: "\n")
  }
}
