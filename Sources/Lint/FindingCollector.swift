import Diagnostics
import Reports

/// Makes findings of issues: gives each its fingerprint, and finds who accepted it.
struct FindingCollector {
  private let suppressions: [Suppression]
  private var used: Set<Suppression> = []
  private var counts: [String: Int] = [:]
  private var findings: [LintFinding] = []

  init(_ suppressions: [Suppression]) { self.suppressions = suppressions }

  mutating func add(_ rule: LintRule, _ issue: Issue) {
    let about = rule.about
    let suppression = suppressions.first { $0.rule == about.id && $0.covers(issue) }
    if let suppression { used.insert(suppression) }
    let name = [about.id, issue.object.description, issue.place].filter { !$0.isEmpty }
      .joined(separator: " ")
    let count = counts[name, default: 0] + 1
    counts[name] = count
    findings.append(
      LintFinding(
        finding: Finding(
          rule: about.id, level: issue.level ?? about.level, message: issue.sentence,
          location: issue.location, object: issue.object.description, hint: issue.hint,
          fingerprint: count == 1 ? name : "\(name) (\(count))", suppression: suppression?.reason),
        object: issue.object, place: issue.place))
  }

  /// - Parameter asked: the rules that had something to suppress, had they found it.
  mutating func addUnused(of asked: Set<String>) {
    for suppression in suppressions
    where asked.contains(suppression.rule) && !used.contains(suppression) {
      let object: ObjectReference =
        switch suppression.scope {
        case .line: ObjectReference(kind: "File", namespace: nil, name: suppression.location.file)
        case .object(let object): object
        }
      add(
        .unusedSuppression,
        Issue(
          object, path: "suppression", detail: suppression.rule,
          "the suppression of \(suppression.rule) hides nothing", at: suppression.location,
          hint: "remove it"))
    }
  }

  /// By place, those without one first.
  var sorted: [LintFinding] {
    findings.sorted { left, right in
      switch (left.finding.location, right.finding.location) {
      case (let first?, let second?) where first != second: first < second
      case (nil, .some): true
      case (.some, nil): false
      default: left.finding.fingerprint < right.finding.fingerprint
      }
    }
  }
}
