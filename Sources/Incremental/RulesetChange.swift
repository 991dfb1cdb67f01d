import Nftables

/// How a node's ruleset changed.
package enum RulesetChange: Sendable {
  case none
  /// Only these objects changed: `before` holds the old ones and `after` the new, of sets and maps
  /// only the elements that go and come. What is in neither stays as it is.
  case part(before: Ruleset, after: Ruleset)
  /// More changed than is worth telling apart; compare the whole.
  case whole
}
