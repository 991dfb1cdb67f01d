import Diagnostics
import Kubernetes
import Manifests
import Reports

/// Findings that were there when somebody began, and that are not shown until they are gone.
package struct Baseline: Sendable {
  private let entries: [Entry]

  /// So many findings of a rule, at one part of one object.
  fileprivate struct Entry: Hashable, Sendable {
    let key: Key
    let count: Int
    let location: SourceLocation?
  }

  fileprivate struct Key: Hashable, Comparable, CustomStringConvertible, Sendable {
    let rule: String
    let object: String
    let place: String

    init(rule: String, object: String, place: String) {
      self.rule = rule
      self.object = object
      self.place = place
    }

    init(_ found: LintFinding) {
      self.init(
        rule: found.finding.rule, object: found.object.description, place: found.place)
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.object, left.place, left.rule) < (right.object, right.place, right.rule)
    }

    var description: String {
      [rule, object, place].filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  /// Of what is found and not suppressed.
  package init(_ findings: [LintFinding]) {
    var counts: [Key: Int] = [:]
    for found in findings where found.finding.suppression == nil {
      counts[Key(found), default: 0] += 1
    }
    entries = counts.sorted { $0.key < $1.key }
      .map { Entry(key: $0.key, count: $0.value, location: nil) }
  }

  package var count: Int { entries.count }

  /// The findings that it does not hide; those that are suppressed stay.
  /// - Parameter unmatched: entries of rules that were asked and found less, in words.
  package func remaining(
    of findings: [LintFinding], asked: Set<String>, unmatched: inout [String]
  ) -> [LintFinding] {
    var left: [Key: Int] = [:]
    for entry in entries { left[entry.key, default: 0] += entry.count }
    let remaining = findings.filter { found in
      let key = Key(found)
      guard found.finding.suppression == nil, let count = left[key], count > 0 else { return true }
      left[key] = count - 1
      return false
    }
    for entry in entries where asked.contains(entry.key.rule) {
      guard let count = left.removeValue(forKey: entry.key), count > 0 else { continue }
      let place = entry.location.map { "\($0.fileAndLine): " } ?? ""
      let less = count < entry.count ? "\(count) of \(entry.count) findings of " : ""
      unmatched.append("\(place)\(less)\(entry.key) is not found any more; remove it")
    }
    return remaining
  }
}

extension Baseline {
  /// YAML that a reviewer can read, and that `init(_:_:)` reads.
  package var text: String {
    let head = """
      # Findings that netpolc lint --baseline does not show. Written by --write-baseline; remove what
      # is mended.
      """
    if entries.isEmpty { return head + "\nfindings: []\n" }
    let items = entries.map { entry in
      """
      - rule: \(entry.key.rule)
        object: \(JSON.string(entry.key.object).line)
        path: \(JSON.string(entry.key.place).line)
        count: \(entry.count)

      """
    }
    return head + "\nfindings:\n" + items.joined()
  }

  /// nil when it is none, which has been said then.
  package init?(_ file: ManifestFile, _ diagnostics: inout Diagnostics) {
    guard let document = parseManifest(file, &diagnostics).first, !diagnostics.hasErrors else {
      if !diagnostics.hasErrors {
        let start = SourceLocation(file: file.path, line: 1, column: 1)
        diagnostics.error(.missingField, "a baseline needs findings", at: start)
      }
      return nil
    }
    let root = Field(document, path: .root)
    guard root.isObject(fields: ["findings"], &diagnostics) else { return nil }
    guard let list = root["findings"] else {
      root.error(.missingField, "a baseline needs findings", &diagnostics)
      return nil
    }
    entries = (list.items(&diagnostics) ?? []).compactMap { Entry($0, &diagnostics) }
    if diagnostics.hasErrors { return nil }
  }
}

extension Baseline.Entry {
  fileprivate init?(_ field: Field, _ diagnostics: inout Diagnostics) {
    guard field.isObject(fields: ["rule", "object", "path", "count"], &diagnostics) else {
      return nil
    }
    guard let rule = field["rule"], let object = field["object"] else {
      field.error(.missingField, "an entry needs rule and object", &diagnostics)
      return nil
    }
    guard let ruleText = rule.string(&diagnostics), let objectText = object.string(&diagnostics)
    else { return nil }
    let path = field["path"].map { $0.string(&diagnostics) } ?? ""
    let count = field["count"].map { $0.integer(&diagnostics) } ?? 1
    guard let path, let count else { return nil }
    guard count > 0, count < 1_000_000 else {
      (field["count"] ?? field).error(
        .invalidValue, "found \(count), expected at least 1", &diagnostics)
      return nil
    }
    self.init(
      key: Baseline.Key(rule: ruleText, object: objectText, place: path), count: count,
      location: field.location)
  }
}
