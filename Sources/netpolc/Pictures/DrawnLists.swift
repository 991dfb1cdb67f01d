import Analysis
import Diagnostics
import NetSets
import Picture
import PolicyModel

extension ConnectionList {
  /// Every connection as an arrow that did not change.
  func drawn(in graph: PolicyGraph) -> [DrawnConnection] {
    connections.map { connection in
      DrawnConnection(
        from: drawn(connection.from, in: graph), to: drawn(connection.to, in: graph),
        traffic: connection.traffic, onlyIn: connection.onlyIn, mark: .unchanged,
        reasons: Direction.allCases.reversed().flatMap { direction in
          (graph.rules(direction, of: connection, in: units) ?? []).map { rule in
            "\(rule.policy.qualifiedName) \(rule.path) \(rule.location.fileAndLine)"
          }
        })
    }
  }

  func drawnUnits(in graph: PolicyGraph) -> [DrawnEnd] { units.map { $0.drawn(in: graph) } }

  private func drawn(_ end: End, in graph: PolicyGraph) -> DrawnEnd {
    switch end {
    case .unit(let index): units[index].drawn(in: graph)
    case .group(let name): .many(name)
    case .addresses(let name, _): .addresses(name, warning: nil)
    }
  }
}

extension Unit {
  func drawn(in graph: PolicyGraph) -> DrawnEnd {
    let endpoint = graph.endpoints[self.endpoint]
    return .workload(self, isIsolated: endpoint.ingress != nil || endpoint.egress != nil)
  }
}

extension Review {
  /// What changed, over what stayed as the newer version has it.
  func drawn(over list: ConnectionList, in graph: PolicyGraph) -> [DrawnConnection] {
    let changed = changes.map { change in
      DrawnConnection(
        from: change.from.drawn(list, graph, nil),
        to: change.to.drawn(list, graph, change.alarm),
        traffic: change.traffic, onlyIn: change.onlyIn,
        mark: change.kind == .gained ? .gained : .lost,
        reasons: change.causes.map { cause in
          cause.place.map { "\(cause.text) \($0)" } ?? cause.text
        })
    }
    var gained: [Pair: TrafficSet] = [:]
    for connection in changed where connection.mark == .gained {
      let pair = Pair(connection)
      gained[pair] = (gained[pair] ?? .empty).union(connection.traffic)
    }
    let stayed = list.drawn(in: graph).compactMap { connection -> DrawnConnection? in
      let rest = connection.traffic.subtracting(gained[Pair(connection)] ?? .empty)
      if rest.isEmpty { return nil }
      return DrawnConnection(
        from: connection.from, to: connection.to, traffic: rest, onlyIn: connection.onlyIn,
        mark: .unchanged, reasons: connection.reasons)
    }
    return stayed + changed
  }

  private struct Pair: Hashable {
    let from: String
    let to: String
    let onlyIn: IPFamily?

    init(_ connection: DrawnConnection) {
      from = connection.from.node(.workload).id
      to = connection.to.node(.workload).id
      onlyIn = connection.onlyIn
    }
  }
}

extension ChangedEnd {
  /// Workloads as the newer version has them, where it does.
  fileprivate func drawn(
    _ list: ConnectionList, _ graph: PolicyGraph, _ alarm: ConnectionChange.Alarm?
  ) -> DrawnEnd {
    switch self {
    case .workload(let unit):
      list.units.first { $0.name == unit.name }.map { $0.drawn(in: graph) }
        ?? .workload(unit, isIsolated: true)
    case .many(let name, _): .many(name)
    case .addresses(let name, _):
      .addresses(name, warning: alarm == .metadata ? alarm?.rawValue : nil)
    }
  }
}
