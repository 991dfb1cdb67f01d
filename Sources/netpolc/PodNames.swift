import Apply
import Diagnostics
import Iptables
import NetSets
import Nftables
import PolicyModel

/// The pods behind addresses, as far as either side knows them.
struct PodNames {
  private var names: [IPAddress: String] = [:]

  init(_ graphs: [PolicyGraph], _ rules: [NodeRules]) {
    // Rules name local pods; graphs know all of them, so they come last and win.
    for rules in rules {
      switch rules {
      case .nftables(let ruleset):
        for element in ruleset.tables.flatMap(\.maps).flatMap(\.elements) {
          names[element.address] = element.comment
        }
      case .iptables(let filter, _):
        for rule in filter.tables.flatMap(\.chains).flatMap(\.rules) { name(of: rule) }
      }
    }
    for endpoint in graphs.flatMap(\.endpoints) {
      for address in endpoint.addresses { names[address] = endpoint.reference.qualifiedName }
    }
  }

  /// The dispatch leads from a pod's address to its group, with the pod's name.
  private mutating func name(of rule: Iptables.Rule) {
    guard case .goto = rule.target, rule.matches.count == 1,
      case .address(_, let prefix) = rule.matches[0], prefix.length == prefix.family.width
    else { return }
    names[prefix.base] = rule.comment
  }

  subscript(address: IPAddress) -> String? { names[address] }
}
