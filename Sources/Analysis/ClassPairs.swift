import NetSets
import PolicyModel

/// The pairs of classes between which something is allowed.
struct ClassPairs: Sendable {
  /// What a class may send to another, by family.
  struct Reached: Sendable {
    let to: EndpointClasses.ID
    /// Empty traffic where the two have no addresses of the family in common.
    let ipv4: TrafficTable.ID
    let ipv6: TrafficTable.ID
  }

  private let connectivity: Connectivity
  /// By class of the source; ascending by destination.
  private let reached: [[Reached]]
  /// Units by class.
  private let members: [[Int]]
  /// Of units, within the focus, were each pair listed by itself.
  let connectionCount: Int

  init(_ connectivity: inout Connectivity, _ units: [Unit], _ focused: Set<Int>) {
    let count = connectivity.classes.count
    var members = [[Int]](repeating: [], count: count)
    for (index, unit) in units.enumerated() { members[unit.classID].append(index) }
    let inFocus = members.map { $0.count { focused.contains($0) } }
    var reached: [[Reached]] = []
    reached.reserveCapacity(count)
    var connectionCount = 0
    for source in 0..<count {
      var row: [Reached] = []
      for destination in 0..<count {
        let pair = Reached(
          to: destination, ipv4: connectivity.traffic(from: source, to: destination, .ipv4),
          ipv6: connectivity.traffic(from: source, to: destination, .ipv6))
        guard pair.ipv4 != TrafficTable.none || pair.ipv6 != TrafficTable.none else { continue }
        row.append(pair)
        let (from, to) = (members[source].count, members[destination].count)
        let aside = (from - inFocus[source]) * (to - inFocus[destination])
        connectionCount += from * to - aside
      }
      reached.append(row)
    }
    self.connectivity = connectivity
    self.reached = reached
    self.members = members
    self.connectionCount = connectionCount
  }

  /// Each pair of units by itself.
  func expanded(_ units: [Unit], _ focused: Set<Int>) -> [AllowedConnection] {
    units.indices.flatMap { source in
      reached[units[source].classID].flatMap { pair in
        members[pair.to].flatMap { destination -> [AllowedConnection] in
          guard focused.contains(source) || focused.contains(destination) else { return [] }
          return connections(pair, .unit(source), .unit(destination))
        }
      }
    }
  }

  /// Three kinds of connections: to what is isolated, from what is isolated to what is not, and
  /// between all that nothing isolates.
  func summedUp(_ collector: inout EndCollector) -> [AllowedConnection] {
    let signatures = connectivity.classes.signatures
    let openForIngress = signatures.indices.filter { signatures[$0].ingress == nil }
    let openForEgress = signatures.indices.filter { signatures[$0].egress == nil }
    collector.setOpen(.ingress, openForIngress.flatMap { members[$0] })
    collector.setOpen(.egress, openForEgress.flatMap { members[$0] })
    var connections: [AllowedConnection] = []
    // By destination, since an isolating rule admits many alike.
    var sources: [EndpointClasses.ID: [Traffic: [Int]]] = [:]
    for (source, row) in reached.enumerated() {
      var open: [Traffic: [Int]] = [:]
      for pair in row {
        if signatures[pair.to].ingress != nil {
          sources[pair.to, default: [:]][Traffic(pair), default: []] += members[source]
        } else if signatures[source].egress != nil {
          open[Traffic(pair), default: []] += members[pair.to]
        }
      }
      let from = collector.ends(members[source], open: nil)
      for (traffic, units) in open {
        connections += all(from, collector.ends(units, open: .ingress), traffic)
      }
    }
    for (destination, groups) in sources {
      let to = collector.ends(members[destination], open: nil)
      for (traffic, units) in groups {
        connections += all(collector.ends(units, open: .egress), to, traffic)
      }
    }
    if let from = collector.openEnd(.egress), let to = collector.openEnd(.ingress) {
      connections.append(AllowedConnection(from: from, to: to, traffic: .all))
    }
    return connections
  }

  private struct Traffic: Hashable {
    let ipv4: TrafficTable.ID
    let ipv6: TrafficTable.ID

    init(_ pair: Reached) {
      ipv4 = pair.ipv4
      ipv6 = pair.ipv6
    }
  }

  private func all(_ from: [End], _ to: [End], _ traffic: Traffic) -> [AllowedConnection] {
    let pair = Reached(to: 0, ipv4: traffic.ipv4, ipv6: traffic.ipv6)
    return from.flatMap { source in to.flatMap { connections(pair, source, $0) } }
  }

  /// One connection, or one a family where they differ.
  private func connections(_ pair: Reached, _ from: End, _ to: End) -> [AllowedConnection] {
    let table = connectivity.table
    if pair.ipv4 == pair.ipv6 || connectivity.families.count == 1 {
      let id = pair.ipv4 == TrafficTable.none ? pair.ipv6 : pair.ipv4
      return [AllowedConnection(from: from, to: to, traffic: table[id])]
    }
    return [(IPFamily.ipv4, pair.ipv4), (.ipv6, pair.ipv6)].compactMap { family, id in
      id == TrafficTable.none
        ? nil : AllowedConnection(from: from, to: to, traffic: table[id], onlyIn: family)
    }
  }
}
