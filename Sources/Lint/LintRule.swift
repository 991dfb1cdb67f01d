import Reports

/// One rule: what it is called, when it can be asked, and how it looks.
package struct LintRule: Sendable {
  package let about: FindingRule
  let needs: Needs
  let check: @Sendable (LintContext) -> [Issue]

  /// What must be known for the rule's findings to be true.
  enum Needs: Sendable {
    /// The policies that could be read, as they are written.
    case text
    /// Every object of the input: none was refused for another reason than a rule's own.
    case objects
    /// Besides, that the input says how namespaces are labelled.
    case namespaces
    /// Every object, and that the input has pods or workloads at all.
    case pods
    /// Besides, every policy: one that was refused might allow what the rule misses.
    case everyPolicy
  }

  init(
    _ id: String, _ name: String, _ level: Finding.Level, needs: Needs, summary: String,
    help: String, check: @escaping @Sendable (LintContext) -> [Issue]
  ) {
    about = FindingRule(id: id, name: name, summary: summary, help: help, level: level)
    self.needs = needs
    self.check = check
  }
}

/// Every rule, by number; a new one is a file in `Rules` and a line here.
package let lintRules: [LintRule] = [
  .selectsNoPod, .peerSelectsNoPod, .peerSelectsNoNamespace, .separateItems, .noDNS,
  .unknownPortName, .exceptOutside, .redundantPart, .policyTypesOmitted, .blockCoversPods,
  .metadataReachable, .openPortWithoutService, .shadowedRule, .podWithoutPolicy, .duplicatePolicy,
  .endPort, .notEnforced, .hostNetworkSelected, .unknownLabel, .ambiguousCIDR, .leftOutRules,
  .badSuppression, .unusedSuppression,
]
