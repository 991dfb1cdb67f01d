import Analysis
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// What analyses compute with sets of traffic, against the decisions on single connections.
@Suite struct MeaningTests {
  @Test(arguments: 0..<UInt64(8))
  func `an endpoint's meaning allows what decisions allow`(_ shard: UInt64) {
    for seed in shard * 100..<(shard + 1) * 100 {
      let graph = RandomCluster(seed: seed, hasTiers: seed % 2 == 0).graph
      var random = SplitMix64(seed: seed)
      for connection in Corners(graph).connections(in: graph, each: 2, using: &random)
      where !connection.isNeighbourDiscovery {
        let decision = graph.decision(on: connection)
        for direction in Direction.allCases {
          let (subject, peer) =
            direction == .ingress
            ? (connection.destination, connection.source)
            : (connection.source, connection.destination)
          guard let endpoint = graph.endpoint(at: subject) else { continue }
          let verdict = direction == .ingress ? decision.ingress : decision.egress
          let meaning = graph.meaning(of: endpoint, direction)
          let isAllowed = contains(meaning.traffic(with: peer), connection.layer4)
          #expect(isAllowed == verdict.isAllowed, "seed \(seed): \(connection) \(direction)")
        }
      }
    }
  }

  @Test(arguments: 0..<UInt64(60))
  func `a graph differs from another exactly where their decisions do`(_ seed: UInt64) {
    let old = RandomCluster(seed: seed, hasTiers: seed % 2 == 0)
    #expect(differences(from: old.graph, to: old.graph) == [])
    // The same pods with one policy less.
    let new = old.graph(withoutPolicy: 0)
    let found = differences(from: old.graph, to: new)
    var random = SplitMix64(seed: seed)
    for connection in Corners(old.graph).connections(in: old.graph, each: 2, using: &random)
    where !connection.isNeighbourDiscovery {
      let (before, after) = (old.graph.decision(on: connection), new.decision(on: connection))
      for direction in Direction.allCases {
        let (subject, peer) =
          direction == .ingress
          ? (connection.destination, connection.source)
          : (connection.source, connection.destination)
        guard old.graph.endpoint(at: subject) != nil else { continue }
        let part = found.first {
          $0.address == subject && $0.direction == direction && $0.peers.contains(peer)
        }
        let was = (direction == .ingress ? before.ingress : before.egress).isAllowed
        let isNow = (direction == .ingress ? after.ingress : after.egress).isAllowed
        let gained = part.map { contains($0.gained, connection.layer4) } ?? false
        let lost = part.map { contains($0.lost, connection.layer4) } ?? false
        #expect(gained == (!was && isNow) && lost == (was && !isNow), "seed \(seed): \(connection)")
      }
    }
  }

  private func contains(_ traffic: TrafficSet, _ layer4: Connection.Layer4) -> Bool {
    switch layer4 {
    case .transport(let transport, let port): traffic[transport].contains(port)
    case .icmp, .other: traffic.others
    }
  }
}
