import Diagnostics
import NetSets
import Nftables
import PolicyModel

/// The pods behind addresses, as far as either side knows them.
struct PodNames {
  private var names: [IPAddress: String] = [:]

  init(_ graphs: [PolicyGraph], _ rulesets: [Ruleset]) {
    // Comments in maps name local pods; graphs know all of them, so they come last and win.
    for table in rulesets.flatMap(\.tables) {
      for element in table.maps.flatMap(\.elements) { names[element.address] = element.comment }
    }
    for endpoint in graphs.flatMap(\.endpoints) {
      for address in endpoint.addresses { names[address] = endpoint.reference.qualifiedName }
    }
  }

  subscript(address: IPAddress) -> String? { names[address] }
}
