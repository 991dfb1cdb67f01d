import Reports

extension LintRule {
  static let endPort = LintRule(
    "NPC016", "end-port", .error, needs: .text,
    summary: "An endPort is below its port, or stands with a named port or none.",
    help: """
      `endPort` ends a range that starts at the number in `port`. The API server refuses every other
      use of it, so that the policy never takes effect.

      ```yaml
      ports:
      - {port: 9000, endPort: 9100}
      ```
      """
  ) { $0.readerIssues["NPC016"] ?? [] }
}
