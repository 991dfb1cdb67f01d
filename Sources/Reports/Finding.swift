import Diagnostics

/// One thing that a report says about a place: of a linter, a review of a change, or an assertion.
/// Every machine format is written from these, so that all of them say the same.
package struct Finding: Hashable, Sendable {
  /// The `id` of its `FindingRule`: `NPC004`, `gained`.
  package let rule: String
  package let level: Level
  /// What is so, in one sentence, with the names of the objects.
  package let message: String
  /// Where in the user's files; nil when no line is to blame.
  package let location: SourceLocation?
  /// The object that it is about: `NetworkPolicy shop/db`.
  package let object: String?
  /// What to do about it.
  package let hint: String?
  /// The same for the same finding after lines have moved, and for no other finding of the run.
  package let fingerprint: String
  /// Why it was accepted on purpose; nil when it was not.
  package let suppression: String?

  /// How bad it is, in SARIF's words (SARIF 2.1.0 §3.27.10).
  package enum Level: String, Sendable, CaseIterable {
    case error
    case warning
    case note
  }

  package init(
    rule: String, level: Level, message: String, location: SourceLocation?, object: String?,
    hint: String?, fingerprint: String, suppression: String? = nil
  ) {
    self.rule = rule
    self.level = level
    self.message = message
    self.location = location
    self.object = object
    self.hint = hint
    self.fingerprint = fingerprint
    self.suppression = suppression
  }
}

/// What findings of one kind have in common.
package struct FindingRule: Hashable, Sendable {
  /// For suppressions and fingerprints; never changes its meaning.
  package let id: String
  /// A few words, such as `policy-selects-no-pod`.
  package let name: String
  /// One sentence.
  package let summary: String
  /// Why it matters and what to do, in Markdown.
  package let help: String
  package let level: Finding.Level

  package init(id: String, name: String, summary: String, help: String, level: Finding.Level) {
    self.id = id
    self.name = name
    self.summary = summary
    self.help = help
    self.level = level
  }
}

/// How one named check ended, for the formats of test runners.
package struct CheckResult: Hashable, Sendable {
  package let name: String
  package let outcome: Outcome

  package enum Outcome: Hashable, Sendable {
    case passed
    /// Each finding says one thing that is not as the check wants it; never empty.
    case failed([Finding])
    case skipped(reason: String)
  }

  package init(name: String, outcome: Outcome) {
    self.name = name
    self.outcome = outcome
  }
}
