import Diagnostics
import Reports

/// What linting an input came to.
package struct LintReport: Sendable {
  /// Sorted by place; also those that are suppressed.
  package let findings: [LintFinding]
  /// What is no finding of a rule. With errors, only rules that need nothing else were asked.
  package let diagnostics: Diagnostics
  /// Rules that were asked.
  package let asked: Set<String>
  /// Rules that could not be asked, in words.
  package let notChecked: [String]
}

/// Asks every selected rule about an input.
package func lint(_ input: LintInput, _ selection: RuleSelection = .all) -> LintReport {
  let suppressions = Suppressions(input)
  let written = WrittenPolicies(input.sources)
  let reader = ReaderIssues(input.diagnostics, written, others: input.others, suppressions)
  var diagnostics = reader.diagnostics
  var unheard = Diagnostics()
  let context = LintContext(input, written, reader, &unheard)
  // Of an input with errors, warnings about its pods may be wrong.
  if !reader.hasErrors { for warning in unheard.all { diagnostics.add(warning) } }
  let selected = lintRules.filter { selection.contains($0.about.id) }
  let askable = selected.filter { context.obstacle(to: $0, reader) == nil }
  let found = withoutRepetition(askable.map { rule in (rule, rule.check(context)) })
  var collector = FindingCollector(suppressions.all)
  for (rule, issues) in found { for issue in issues { collector.add(rule, issue) } }
  if selection.contains(LintRule.unusedSuppression.about.id) {
    collector.addUnused(of: Set(askable.map(\.about.id)))
  }
  return LintReport(
    findings: collector.sorted, diagnostics: diagnostics, asked: Set(askable.map(\.about.id)),
    notChecked: context.notChecked(selected, reader))
}

/// A rule that lies inside another of its policy, or in a policy that repeats another, is shadowed
/// as well; the simpler finding stays.
private func withoutRepetition(
  _ found: [(rule: LintRule, issues: [Issue])]
) -> [(rule: LintRule, issues: [Issue])] {
  func issues(_ rule: LintRule) -> [Issue] {
    found.first { $0.rule.about.id == rule.about.id }?.issues ?? []
  }
  let parts = Set(issues(.redundantPart).map(\.part))
  let policies = Set(issues(.duplicatePolicy).map(\.object))
  return found.map { rule, issues in
    guard rule.about.id == LintRule.shadowedRule.about.id else { return (rule, issues) }
    return (rule, issues.filter { !parts.contains($0.part) && !policies.contains($0.object) })
  }
}

extension Issue {
  fileprivate var part: String { "\(object) \(path)" }
}
