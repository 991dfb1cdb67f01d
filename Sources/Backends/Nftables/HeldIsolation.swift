import NetSets
import Nftables
import PolicyModel

extension Ruleset {
  /// Addresses of local pods that these rules isolate in a direction.
  package func isolated(_ direction: Direction) -> Set<IPAddress> {
    var isolated: Set<IPAddress> = []
    for table in tables {
      // What a group that isolates does first; the same is done on the way to those that do not.
      let isolating = table.chains.filter { chain in
        chain.rules.first?.verdict == .jump(Static.new) && chain.name != Static.open
          && !Names.isWayOfIsolatedOtherwise(chain.name)
      }
      let names = Set(isolating.map(\.name))
      for map in table.maps where map.name == Static.map(direction) {
        for element in map.elements {
          if case .goto(let chain) = element.verdict, names.contains(chain) {
            isolated.insert(element.address)
          }
        }
      }
    }
    return isolated
  }
}
