import Reports

extension LintRule {
  /// What it finds is known only when all other rules have been asked.
  static let unusedSuppression = LintRule(
    "NPC901", "unused-suppression", .note, needs: .text,
    summary: "A suppression hides nothing.",
    help: """
      What it accepted is no longer there, or it stands at another line: a comment counts for the
      line that it ends, or for the next line below it. Remove it, so that it does not hide what
      comes later.
      """
  ) { _ in [] }
}
