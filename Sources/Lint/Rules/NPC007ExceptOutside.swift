import Reports

extension LintRule {
  static let exceptOutside = LintRule(
    "NPC007", "except-outside-cidr", .error, needs: .text,
    summary: "An except is no part of the cidr it stands with.",
    help: """
      `except` takes addresses out of its own `cidr`. One that lies elsewhere, or is all of it, is
      refused by the API server, so that the policy never takes effect.

      ```yaml
      ipBlock:
        cidr: 10.0.0.0/8
        except: [10.66.0.0/16]
      ```
      """
  ) { $0.readerIssues["NPC007"] ?? [] }
}
