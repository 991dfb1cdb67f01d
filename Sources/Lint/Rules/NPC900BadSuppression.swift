import Reports

extension LintRule {
  static let badSuppression = LintRule(
    "NPC900", "suppression-not-valid", .error, needs: .text,
    summary: "A suppression says no reason, or names no rule, and so hides nothing.",
    help: """
      What is accepted on purpose is accepted for a reason, which the next reader needs:

      ```yaml
      # netpolc:ignore NPC004 every pod of the monitoring namespaces may scrape
      - namespaceSelector: {matchLabels: {team: observability}}
      ```

      or for a whole policy, several of them separated by `;` or lines:

      ```yaml
      metadata:
        annotations:
          netpolc.dev/ignore: NPC004 every pod of the monitoring namespaces may scrape
      ```
      """
  ) { $0.readerIssues["NPC900"] ?? [] }
}
