import Apply
import Backends
import Nftables

/// Rules on a node that an agent would take away without putting others in their place.
package struct AdoptionRefusal: Error, CustomStringConvertible {
  package let description: String
}

/// Looks whether an agent can take over what is there: it opens and closes nothing by its start.
func checkAdoption(of held: Ruleset, _ record: NodeRecord, _ settings: AgentSettings) throws {
  if case .iptables? = try record.firewall {
    throw AdoptionRefusal(
      description: "the rules of this node are in iptables, where packets would meet them besides "
        + "those of the agent; netpolc apply --backend nftables moves them, and netpolc uninstall "
        + "removes them")
  }
  let lost = held.duties(without: settings)
  if lost.isEmpty { return }
  throw AdoptionRefusal(
    description:
      "the rules of this node also \(lost.map(\.what).joined(separator: " and ")), which "
      + "the agent was not told to do and would take away; start it with "
      + "\(lost.map(\.option).joined(separator: " and ")) as netpolc apply was, apply them "
      + "without, or remove them by netpolc uninstall")
}

extension Ruleset {
  /// What rules do besides deciding by policies, and an agent would not, by the option that asks for
  /// it.
  fileprivate func duties(without settings: AgentSettings) -> [(what: String, option: String)] {
    let bases = tables.flatMap(\.chains).compactMap(\.base)
    // Before routing no policy decides.
    let holdsSenders = bridge != nil || bases.contains { $0.hook == .prerouting }
    return
      (translates && settings.masquerade == nil
      ? [("translate pods' sources", "--masq-from or --masq")] : [])
      + (holdsSenders && settings.guarded == nil
        ? [("hold pods to their own addresses", "--anti-spoof")] : [])
  }
}
