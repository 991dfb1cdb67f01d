import NetSets
import PolicyModel

/// What is allowed between units and addresses of no endpoint.
struct OutsideConnections: Sendable {
  private var parts: [Part: [Int]] = [:]
  private let table: TrafficTable
  private let names: AddressNames
  private var nameCache: [Addresses: [AddressPart]] = [:]

  private struct Part: Hashable {
    let direction: Direction
    let addresses: Addresses
    let traffic: TrafficTable.ID
  }

  private struct Addresses: Hashable {
    let set: AddressSet
    let families: Set<IPFamily>
  }

  init(_ connectivity: Connectivity, _ units: [Unit], _ focused: Set<Int>) {
    table = connectivity.table
    names = AddressNames([connectivity.graph])
    var byClass: [EndpointClasses.ID: [Int]] = [:]
    for index in units.indices where focused.contains(index) {
      byClass[units[index].classID, default: []].append(index)
    }
    for (id, members) in byClass {
      let families = connectivity.classes.signatures[id].families
      for direction in Direction.allCases {
        for part in connectivity.outside(id, direction) {
          let addresses = Addresses(set: part.addresses, families: families)
          if nameCache[addresses] == nil {
            nameCache[addresses] = names.parts(of: part.addresses, families: families)
          }
          let key = Part(direction: direction, addresses: addresses, traffic: part.traffic)
          parts[key, default: []] += members
        }
      }
    }
  }

  /// Were each listed by itself.
  var connectionCount: Int {
    parts.reduce(0) { $0 + $1.value.count * (nameCache[$1.key.addresses]?.count ?? 0) }
  }

  func connections(_ collector: inout EndCollector) -> [AllowedConnection] {
    var connections: [AllowedConnection] = []
    for (part, members) in parts {
      let ends = collector.ends(members, open: part.direction)
      for called in nameCache[part.addresses] ?? [] {
        let outside = End.addresses(name: called.name, called.addresses)
        for end in ends {
          let (from, to) = part.direction == .ingress ? (outside, end) : (end, outside)
          connections.append(AllowedConnection(from: from, to: to, traffic: table[part.traffic]))
        }
      }
    }
    return connections
  }
}
