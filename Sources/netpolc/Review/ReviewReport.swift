import Analysis
import Diagnostics
import NetSets
import Picture
import PolicyModel
import Reports

/// A review as it is told: each change with its id, whether it was accepted, and how it ends.
struct ReviewReport {
  let review: Review
  /// The newer version, to draw the change in.
  private let after: ReviewSide
  let rows: [Row]
  let base: String
  let head: String
  let gate: Gate
  /// The command line without what belongs to its output.
  let command: String
  /// To which accepted changes are written.
  private let allowFile: String
  /// Where lines of both versions can be seen; nil when nowhere.
  let pages: ReviewPages?

  /// One connection that changed.
  struct Row {
    let change: ConnectionChange
    /// The same in every run for the same connection, whatever line did it.
    let id: String
    /// Why it was accepted; nil when it was not.
    var accepted: String?

    fileprivate func accepted(by entries: AcceptedChanges) -> Row {
      var row = self
      row.accepted = entries.reason(of: self)
      return row
    }

    var isCritical: Bool { change.alarm != nil }
  }

  init(
    _ review: Review, of after: ReviewSide, from base: String, to head: String,
    accepted: AcceptedChanges, gate: Gate, command: String, allowFile: String, pages: ReviewPages?
  ) {
    self.review = review
    self.after = after
    self.base = base
    self.head = head
    self.gate = gate
    self.command = command
    self.allowFile = allowFile
    self.pages = pages
    rows = review.changes.map { change in
      let id = ReviewReport.id(of: change)
      return Row(change: change, id: id, accepted: nil).accepted(by: accepted)
    }
  }

  private static func id(of change: ConnectionChange) -> String {
    let words = [
      change.from.name, change.to.name, change.traffic.description,
      change.onlyIn?.displayName ?? "",
    ]
    return String(SHA256.hex(Array(words.joined(separator: "|").utf8)).prefix(8))
  }

  var open: [Row] { rows.filter { $0.accepted == nil } }

  /// Those that trip the gate.
  var failing: [Row] {
    open.filter { row in
      switch gate {
      case .any: true
      case .gained: row.change.kind == .gained
      case .lost: row.change.kind == .lost
      case .critical: row.isCritical
      case .none: false
      }
    }
  }

  /// What accepts all of it on purpose.
  var acceptCommand: String { "\(command) --write-allow \(allowFile)" }

  var isFailed: Bool { !failing.isEmpty }

  func text(_ format: ReviewFormat) throws -> String {
    switch format {
    case .text: ReviewText(self).text
    case .json: json.text
    case .md: ReviewMarkdown(self).table
    case .githubMarkdown: ReviewMarkdown(self).comment
    case .github: findings.gitHubAnnotations
    case .gitlab: findings.gitLabCodeQuality.text
    case .sarif: findings.sarif.text
    case .junit: checks.junit
    case .tap: checks.tap
    case .svg: picture.svg
    case .dot: picture.dot
    case .mermaid: picture.mermaid
    }
  }

  /// The change among what stayed as it was, or by itself where that is too much to look at.
  var picture: Picture {
    var connectivity = Connectivity(after.graph)
    let list = ConnectionList(&connectivity, ConnectionList.Selection(limit: 400))
    let isLarge = !list.groups.isEmpty
    let drawn = review.drawn(over: list, in: after.graph)
    return PictureMaker(foldsDNS: isLarge).picture(
      title: "\(base) → \(head)", isLarge ? drawn.filter { $0.mark != .unchanged } : drawn,
      units: [])
  }

  /// `3 gained   1 lost   9 unchanged`, with what was accepted of each.
  func count(_ kind: ConnectionChange.Kind) -> Int { review.count(kind) }

  /// One sentence where nothing changed that anyone could notice.
  var sameness: String? {
    guard rows.isEmpty else { return nil }
    return review.policiesDiffer
      ? "Rules changed, meaning did not: every connection between what both versions know is decided "
        + "as before."
      : "No policy changed, and no connection did."
  }
}

extension ChangedEnd {
  /// As sentences have it: `shop/api`, without the kind.
  var shortName: String {
    switch self {
    case .workload(let unit): unit.reference.qualifiedName
    case .many(let name, let count): "\(name) (\(count))"
    case .addresses(let name, _): name
    }
  }
}

extension ConnectionChange {
  /// `TCP 80,443`, with the family where it matters.
  var trafficText: String {
    onlyIn.map { "\(traffic) (only \($0.displayName))" } ?? traffic.description
  }
}

extension ChangeCause {
  /// `policies/db.yaml:15`, and for a line that is gone `policies/db.yaml:15 (before)`.
  var place: String? {
    location.map { isInBase ? "\($0.fileAndLine) (before)" : $0.fileAndLine }
  }
}
