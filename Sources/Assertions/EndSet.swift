import NetSets
import PolicyModel

/// What ends of a test stand for in a cluster.
struct EndSet {
  /// By endpoint, in which families: a CIDR may name only one of a pod's addresses.
  private(set) var endpoints: [Int: Set<IPFamily>] = [:]
  /// Those that are meant by their names, not only by an address that they have.
  private(set) var named: Set<Int> = []
  /// Everything that the written addresses cover. Those that an endpoint has stand in `endpoints`,
  /// and are kept here so that the rest has short names.
  private(set) var addresses: AddressSet = .empty
  /// Those written by themselves.
  private(set) var single: Set<IPAddress> = []

  mutating func add(_ endpoint: Int, of graph: PolicyGraph) {
    named.insert(endpoint)
    endpoints[endpoint] = graph.endpoints[endpoint].families
  }

  mutating func add(_ endpoint: Int, by address: IPAddress) {
    endpoints[endpoint, default: []].insert(address.family)
  }

  mutating func add(_ prefix: IPPrefix) {
    addresses = addresses.union(AddressSet(prefix))
    if prefix.length == prefix.family.width { single.insert(prefix.base) }
  }

  mutating func addInternet() { addresses = .all }

  /// Everything else there is.
  func complement(in graph: PolicyGraph) -> EndSet {
    var rest = EndSet()
    for index in graph.endpoints.indices {
      let families = graph.endpoints[index].families.subtracting(endpoints[index] ?? [])
      if !families.isEmpty { rest.endpoints[index] = families }
    }
    rest.addresses = AddressSet.all.subtracting(addresses)
    return rest
  }
}

extension Endpoint {
  /// Those it can be met in: what has no address yet may get one of either.
  var families: Set<IPFamily> {
    addresses.isEmpty ? Set(IPFamily.allCases) : Set(addresses.map(\.family))
  }
}
