import Apply
import Backends
import Iptables
import Nftables

/// Rules on a node that an agent would take away without putting others in their place.
package struct AdoptionRefusal: Error, CustomStringConvertible {
  package let description: String
}

/// Looks whether an agent can take over what is there: it opens and closes nothing by its start.
func checkAdoption(of held: [NodeRules], _ settings: AgentSettings) throws {
  let lost = held.flatMap { $0.duties(without: settings) }
  if lost.isEmpty { return }
  throw AdoptionRefusal(
    description:
      "the rules of this node also \(lost.map(\.what).joined(separator: " and ")), which "
      + "the agent was not told to do and would take away; start it with "
      + "\(lost.map(\.option).joined(separator: " and ")) as netpolc apply was, apply them "
      + "without, or remove them by netpolc uninstall")
}

extension NodeRules {
  /// What rules do besides deciding by policies, and an agent would not, by the option that asks for
  /// it.
  fileprivate func duties(without settings: AgentSettings) -> [(what: String, option: String)] {
    let isTranslating: Bool
    let isGuarding: Bool
    switch self {
    case .nftables(let ruleset):
      isTranslating = ruleset.translates
      // Before routing no policy decides.
      isGuarding =
        ruleset.bridge != nil
        || ruleset.tables.flatMap(\.chains).contains { $0.base?.hook == .prerouting }
    case .iptables(let filter, _):
      isTranslating = filter.translates
      isGuarding = false
    }
    return
      (isTranslating && settings.masquerade == nil
      ? [("translate pods' sources", "--masq-from or --masq")] : [])
      + (isGuarding && settings.guarded == nil
        ? [("hold pods to their own addresses", "--anti-spoof")] : [])
  }
}
