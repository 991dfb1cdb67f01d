import Analysis
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// What is computed between classes of endpoints, against the decisions on single connections.
@Suite struct ConnectivityTests {
  @Test(arguments: 0..<UInt64(8))
  func `two ends have the traffic that decisions allow`(_ shard: UInt64) {
    for seed in shard * 200..<(shard + 1) * 200 {
      let graph = RandomCluster(seed: seed, hasTiers: seed % 2 == 0).graph
      let connectivity = Connectivity(graph)
      var random = SplitMix64(seed: seed)
      for connection in Corners(graph).connections(in: graph, each: 2, using: &random)
      where !connection.isNeighbourDiscovery {
        let traffic = connectivity.traffic(
          from: graph.party(at: connection.source), to: graph.party(at: connection.destination))
        let isAllowed = graph.decision(on: connection).isAllowed
        #expect(traffic.contains(connection.layer4) == isAllowed, "seed \(seed): \(connection)")
      }
    }
  }

  @Test(arguments: 0..<UInt64(8))
  func `workloads without addresses have the traffic that decisions allow`(_ shard: UInt64) {
    for seed in shard * 50..<(shard + 1) * 50 {
      let graph = RandomCluster(seed: seed, hasTiers: seed % 2 == 0).graphWithWorkloads
      let connectivity = Connectivity(graph)
      var random = SplitMix64(seed: seed)
      let corners = Corners(graph)
      let outside = IPFamily.allCases.flatMap { corners.addresses[$0] ?? [] }.map(graph.party)
      let ends = graph.parties + outside
      for source in ends {
        for destination in ends where (source.endpoint ?? destination.endpoint) != nil {
          guard let families = common(source, destination, in: connectivity) else { continue }
          let layer4 = corners.layer4(families, using: &random)
          let decision = graph.decision(from: source, to: destination, layer4)
          if case .icmp(let type) = layer4, Connection.isNeighbourDiscovery(icmpv6Type: type) {
            continue
          }
          let traffic = connectivity.traffic(from: source, to: destination)
          #expect(
            traffic.contains(layer4) == decision.isAllowed,
            "seed \(seed): \(source) to \(destination) \(layer4)")
        }
      }
    }
  }

  @Test(arguments: 0..<UInt64(200))
  func `endpoints of one class are treated alike`(_ seed: UInt64) {
    let graph = RandomCluster(seed: seed, hasTiers: seed % 2 == 0).graphWithWorkloads
    var connectivity = Connectivity(graph)
    // Between classes a pod's own node is left out, so that no endpoint may be one.
    let nodes = Set(graph.endpoints.flatMap(\.nodeAddresses))
    for source in graph.parties {
      for destination in graph.parties {
        guard let from = source.endpoint, let to = destination.endpoint,
          let family = common(source, destination, in: connectivity),
          !(source.address.map(nodes.contains) ?? false),
          !(destination.address.map(nodes.contains) ?? false)
        else { continue }
        let exact = connectivity.traffic(from: source, to: destination)
        let classes = connectivity.classes.classes
        let id = connectivity.traffic(from: classes[from], to: classes[to], family)
        #expect(connectivity.table[id] == exact, "seed \(seed): \(source) to \(destination)")
      }
    }
  }

  @Test(arguments: 0..<UInt64(200))
  func `the outside world of a class is what each of its addresses may`(_ seed: UInt64) {
    let graph = RandomCluster(seed: seed, hasTiers: seed % 2 == 0).graph
    let connectivity = Connectivity(graph)
    let corners = Corners(graph)
    for party in graph.parties {
      guard let endpoint = party.endpoint, let family = party.address?.family else { continue }
      let subject = graph.endpoints[endpoint]
      for address in corners.addresses[family] ?? []
      where graph.endpoint(at: address) == nil && !subject.nodeAddresses.contains(address) {
        for direction in Direction.allCases {
          let peer = graph.party(at: address)
          let exact =
            direction == .ingress
            ? connectivity.traffic(from: peer, to: party)
            : connectivity.traffic(from: party, to: peer)
          let parts = connectivity.outside(connectivity.classes.classes[endpoint], direction)
            .filter { $0.addresses.contains(address) }
          #expect(parts.count <= 1)
          let traffic = parts.first.map { connectivity.table[$0.traffic] } ?? .empty
          #expect(traffic == exact, "seed \(seed): \(party) \(direction) \(address)")
        }
      }
    }
  }

  /// The family in which two ends can meet; one that others have where neither has an address.
  private func common(
    _ source: Party, _ destination: Party, in connectivity: Connectivity
  ) -> IPFamily? {
    guard let first = source.address?.family, let second = destination.address?.family else {
      return source.address?.family ?? destination.address?.family
        ?? connectivity.families[0]
    }
    return first == second ? first : nil
  }
}

extension TrafficSet {
  fileprivate func contains(_ layer4: Connection.Layer4) -> Bool {
    switch layer4 {
    case .transport(let transport, let port): self[transport].contains(port)
    case .icmp, .other: others
    }
  }
}

extension PolicyGraph {
  /// Every endpoint by each of its addresses, or without one.
  fileprivate var parties: [Party] {
    endpoints.indices.flatMap { index in
      endpoints[index].addresses.isEmpty
        ? [Party(endpoint: index, address: nil)]
        : endpoints[index].addresses.map { Party(endpoint: index, address: $0) }
    }
  }
}
