import Diagnostics
import Reports

/// Which rules are asked.
package struct RuleSelection: Sendable {
  private let ids: Set<String>

  package static let all = RuleSelection(ids: Set(lintRules.map(\.about.id)))

  private init(ids: Set<String>) { self.ids = ids }

  /// Those about the mistakes that open and close connections without anyone noticing: two selectors
  /// that should be one, no DNS, the metadata address.
  package static let slips = RuleSelection(
    ids: Set([LintRule.separateItems, .noDNS, .metadataReachable].map(\.about.id)))

  func contains(_ id: String) -> Bool { ids.contains(id) }

  /// `NPC004` asks that rule alone, and others that are named so; `-NPC014` leaves one out, `+NPC014`
  /// takes one in again. In their order; without names, every rule is asked to begin with.
  package init(_ arguments: [String]) throws(UnknownRule) {
    let every = Set(lintRules.map(\.about.id))
    var named: Set<String> = []
    for argument in arguments where !argument.hasPrefix("-") && !argument.hasPrefix("+") {
      named.insert(try RuleSelection.id(argument))
    }
    var ids = named.isEmpty ? every : named
    for argument in arguments where argument.hasPrefix("-") || argument.hasPrefix("+") {
      let id = try RuleSelection.id(String(argument.dropFirst()))
      if argument.hasPrefix("-") { ids.remove(id) } else { ids.insert(id) }
    }
    self.ids = ids
  }

  private static func id(_ text: String) throws(UnknownRule) -> String {
    _ = try LintRule.named(text)
    return text.uppercased()
  }
}

/// A name that no rule has.
package struct UnknownRule: Error, CustomStringConvertible {
  let text: String

  package var description: String {
    let near = NearMiss.of(text, in: lintRules.map(\.about.id))
    return "no rule \(text)" + (near.map { "; did you mean \($0)?" } ?? "; --list-rules lists them")
  }
}

extension LintRule {
  package static func named(_ id: String) throws(UnknownRule) -> LintRule {
    guard let rule = lintRules.first(where: { $0.about.id == id.uppercased() }) else {
      throw UnknownRule(text: id)
    }
    return rule
  }
}
