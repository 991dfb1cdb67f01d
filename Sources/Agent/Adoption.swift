import Apply
import Nftables

/// Rules on a node that an agent would take away without putting others in their place.
package struct AdoptionRefusal: Error, CustomStringConvertible {
  package let description: String
}

/// Looks whether an agent can take over what is there: it opens and closes nothing by its start.
func checkAdoption(of held: Ruleset, _ record: NodeRecord) throws {
  if case .iptables? = try record.firewall {
    throw AdoptionRefusal(
      description: "the rules of this node are in iptables, where packets would meet them besides "
        + "those of the agent; netpolc apply --backend nftables moves them, and netpolc uninstall "
        + "removes them")
  }
  let others = held.dutiesOfApply
  if others.isEmpty { return }
  throw AdoptionRefusal(
    description: "the rules of this node also \(others.joined(separator: " and ")), which "
      + "netpolc-agent does not do and would take away; apply them without, or remove them by "
      + "netpolc uninstall")
}

extension Ruleset {
  /// What rules do besides deciding by policies.
  fileprivate var dutiesOfApply: [String] {
    let bases = tables.flatMap(\.chains).compactMap(\.base)
    let translates = bases.contains { $0.type == .nat }
    // Before routing no policy decides.
    let holdsSenders = bridge != nil || bases.contains { $0.hook == .prerouting }
    return (translates ? ["translate pods' sources (--masq)"] : [])
      + (holdsSenders ? ["hold pods to their own addresses (--anti-spoof)"] : [])
  }
}
