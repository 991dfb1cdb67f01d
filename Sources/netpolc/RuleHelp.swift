import Lint
import Reports

/// What `lint --list-rules` and `lint --explain` print.
enum RuleHelp {
  static var list: String {
    lintRules.map { rule in
      let about = rule.about
      let level = about.level.rawValue
      let pad = String(repeating: " ", count: max(8 - level.count, 1))
      return "\(about.id)  \(level)\(pad)\(about.summary)\n"
    }.joined()
  }

  static func explanation(of rule: LintRule) -> String {
    let about = rule.about
    return
      "\(about.id) \(about.name) (\(about.level.rawValue))\n\n\(about.summary)\n\n\(about.help)\n"
  }
}
