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
      if text.utf8.count <= Self.limit || kept.isEmpty { return text }
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
          + "`\(report.acceptCommand)`.</sub>",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var headline: String {
    let critical = report.open.count(where: \.isCritical)
    let warning = critical == 0 ? "" : " :warning: \(critical) critical."
    let accepted = report.rows.count - report.open.count
    let note = accepted == 0 ? "" : ", \(accepted) accepted"
    return "**\(report.count(.gained)) gained, \(report.count(.lost)) lost**\(note), "
      + "\(report.review.unchanged) unchanged.\(warning)"
  }

  private func body(_ rows: [ReviewReport.Row]) -> [String] {
    if let sameness = report.sameness { return [sameness] }
    let table = MarkdownText.table(
      headers: ["", "from", "to", "ports", "why", "id"],
      rows: rows.map { row in
        let mark = row.accepted != nil ? "✓" : row.change.kind == .gained ? "+" : "−"
        let (from, to) = (row.change.from.shortName, row.change.to.shortName)
        return [mark, from, to, row.change.trafficText].map { MarkdownText($0) }
          + [why(row), MarkdownText(row.id)]
      })
    return table.split(separator: "\n").map(String.init)
  }

  private func why(_ row: ReviewReport.Row) -> MarkdownText {
    let notes = [row.change.alarm?.rawValue, row.accepted.map { "accepted: \($0)" }]
    return MarkdownText.lines(
      notes.compactMap(\.self).map { MarkdownText($0) } + row.change.causes.map(text))
  }

  private func text(_ cause: ChangeCause) -> MarkdownText {
    guard let location = cause.location, let place = cause.place else {
      return MarkdownText(cause.text)
    }
    let pages = cause.isInBase ? report.pages?.base : report.pages?.head
    let page = pages?.page(of: location)
    return (page.map { .link(place, to: $0) } ?? MarkdownText(place))
      + MarkdownText(": \(cause.text)")
  }
}
