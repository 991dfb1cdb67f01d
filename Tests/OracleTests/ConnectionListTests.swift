import Analysis
import Compiler
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// What `list` prints, against the decisions on single connections.
@Suite struct ConnectionListTests {
  @Test(arguments: 0..<UInt64(300), [Int.max, 0])
  func `a list has exactly the connections that decisions allow`(_ seed: UInt64, limit: Int) {
    let cluster = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
    let graph = cluster.graph(for: Scope())
    var connectivity = Connectivity(graph)
    let list = ConnectionList(&connectivity, ConnectionList.Selection(limit: limit))
    let groups = Dictionary(uniqueKeysWithValues: list.groups.map { ($0.name, $0.members) })
    var random = SplitMix64(seed: seed)
    for connection in Corners(graph).connections(in: graph, each: 1, using: &random)
    where !connection.isNeighbourDiscovery && !concernsNode(connection, graph) {
      let isListed = list.connections.contains { listed in
        contains(listed.traffic, connection.layer4)
          && (listed.onlyIn ?? connection.source.family) == connection.source.family
          && covers(listed.from, connection.source, list, groups, graph)
          && covers(listed.to, connection.destination, list, groups, graph)
      }
      let isAllowed = graph.decision(on: connection).isAllowed
      #expect(
        isListed == isAllowed,
        "seed \(seed): \(connection.source) to \(connection.destination) \(connection.layer4)")
    }
  }

  @Test(arguments: 0..<UInt64(100))
  func `a focus keeps what concerns it, and nothing else`(_ seed: UInt64) {
    let graph = RandomCluster(seed: seed, hasTiers: false).graphWithWorkloads
    var connectivity = Connectivity(graph)
    let all = ConnectionList(&connectivity, ConnectionList.Selection(limit: .max))
    let blue = ConnectionList(
      &connectivity,
      ConnectionList.Selection(limit: .max) { $0.namespace == "blue" })
    func lines(_ list: ConnectionList, _ isKept: (AllowedConnection) -> Bool) -> [String] {
      list.connections.filter(isKept).map {
        "\(list.name($0.from)) \(list.name($0.to)) \($0.traffic) \($0.onlyIn?.rawValue ?? 0)"
      }
    }
    let wanted = lines(all) { connection in
      [connection.from, connection.to].contains { end in
        if case .unit(let index) = end { all.units[index].namespace == "blue" } else { false }
      }
    }
    #expect(lines(blue) { _ in true } == wanted, "seed \(seed)")
  }

  /// A pod and its own node are left out of lists.
  private func concernsNode(_ connection: Connection, _ graph: PolicyGraph) -> Bool {
    graph.endpoints.contains { endpoint in
      let own = endpoint.nodeAddresses
      return endpoint.addresses.contains(connection.source) && own.contains(connection.destination)
        || endpoint.addresses.contains(connection.destination) && own.contains(connection.source)
    }
  }

  private func contains(_ traffic: TrafficSet, _ layer4: Connection.Layer4) -> Bool {
    switch layer4 {
    case .transport(let transport, let port): traffic[transport].contains(port)
    case .icmp, .other: traffic.others
    }
  }

  private func covers(
    _ end: End, _ address: IPAddress, _ list: ConnectionList, _ groups: [String: [Int]],
    _ graph: PolicyGraph
  ) -> Bool {
    func isIn(_ unit: Int) -> Bool {
      guard let endpoint = graph.endpoint(at: address) else { return false }
      return list.units[unit].reference == graph.endpoints[endpoint].reference
    }
    switch end {
    case .unit(let index): return isIn(index)
    case .group(let name): return (groups[name] ?? []).contains(where: isIn)
    case .addresses(_, let set): return graph.endpoint(at: address) == nil && set.contains(address)
    }
  }
}
