import NetSets
import PolicyModel

/// Everything that is allowed, by workload.
///
/// A cluster that is open has as many connections as pairs of workloads. Where that is more than
/// anyone would read, those of many workloads alike are one connection of a group of them: as exact,
/// and no longer than the policies make it.
package struct ConnectionList: Sendable {
  package let units: [Unit]
  /// Sorted by the names of both ends.
  package let connections: [AllowedConnection]
  /// Those that connections name, by name; empty unless summed up.
  package let groups: [Group]

  /// Several units under one name.
  package struct Group: Sendable {
    package let name: String
    /// Positions in `units`, ascending.
    package let members: [Int]
  }

  /// Which connections to list.
  package struct Selection: Sendable {
    /// Those with an end in it; nil is all.
    package let focus: (@Sendable (Unit) -> Bool)?
    /// With more connections than this they are summed up by groups.
    package let limit: Int

    package init(limit: Int, focus: (@Sendable (Unit) -> Bool)? = nil) {
      self.limit = limit
      self.focus = focus
    }
  }

  package init(_ connectivity: inout Connectivity, _ selection: Selection) {
    let units = connectivity.units()
    self.units = units
    let focus = selection.focus
    let focused = Set(units.indices.filter { focus?(units[$0]) ?? true })
    let pairs = ClassPairs(&connectivity, units, focused)
    let outside = OutsideConnections(connectivity, units, focused)
    let isShort = pairs.connectionCount + outside.connectionCount <= selection.limit
    var collector = EndCollector(units, isExpanded: isShort)
    if isShort {
      connections = (pairs.expanded(units, focused) + outside.connections(&collector))
        .sorted(by: units)
    } else {
      let summedUp = pairs.summedUp(&collector).filter { connection in
        focused.count == units.count
          || [connection.from, connection.to].contains { !collector.isDisjoint($0, focused) }
      }
      connections = (summedUp + outside.connections(&collector)).sorted(by: units)
    }
    groups = collector.groups
  }

  package func name(_ end: End) -> String { end.name(units) }
}

extension End {
  package func name(_ units: [Unit]) -> String {
    switch self {
    case .unit(let index): units[index].name
    case .group(let name): name
    case .addresses(let name, _): name
    }
  }
}

extension [AllowedConnection] {
  fileprivate func sorted(by units: [Unit]) -> [AllowedConnection] {
    map { (from: $0.from.name(units), to: $0.to.name(units), connection: $0) }
      .sorted { left, right in
        if left.from != right.from { return left.from < right.from }
        if left.to != right.to { return left.to < right.to }
        return (left.connection.onlyIn?.rawValue ?? 0) < (right.connection.onlyIn?.rawValue ?? 0)
      }.map(\.connection)
  }
}
