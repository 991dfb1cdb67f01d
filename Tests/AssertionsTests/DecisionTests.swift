import Analysis
import Assertions
import Diagnostics
import Kubernetes
import NetSets
import PolicyModel
import TestSupport
import Testing

/// Tests hold exactly when the decisions on single connections say so.
@Suite struct DecisionTests {
  @Test(arguments: 0..<UInt64(100))
  func `allow and deny of one connection are its decision`(_ seed: UInt64) {
    let graph = RandomCluster(seed: seed, hasTiers: seed % 2 == 0).graph
    var checking = Checking(graph)
    var random = SplitMix64(seed: seed)
    var asked: [(connection: Connection, ends: String)] = []
    for connection in Corners(graph).connections(in: graph, each: 1, using: &random)
    where !connection.isNeighbourDiscovery {
      guard let ends = ends(connection, graph) else { continue }
      asked.append((connection, ends))
    }
    if asked.isEmpty { return }
    let allow = checking.check(asked.map { "{allow: \($0.ends)}" })
    let deny = checking.check(asked.map { "{deny: \($0.ends)}" })
    #expect(allow.said == [] && allow.results.count == asked.count)
    for (index, asked) in asked.enumerated() where index < allow.results.count {
      let isAllowed = graph.decision(on: asked.connection).isAllowed
      #expect(allow.results[index].holds == isAllowed, "seed \(seed): allow \(asked)")
      #expect(deny.results[index].holds == !isAllowed, "seed \(seed): deny \(asked)")
    }
  }

  /// One end by name, the other by its address, which says the family; nil between two addresses
  /// and for a pod and itself.
  private func ends(_ connection: Connection, _ graph: PolicyGraph) -> String? {
    let source = graph.endpoint(at: connection.source)
    let destination = graph.endpoint(at: connection.destination)
    if source == destination { return nil }
    let from = source.map { graph.endpoints[$0].reference.qualifiedName }
    let to = from == nil ? destination.map { graph.endpoints[$0].reference.qualifiedName } : nil
    guard from != nil || to != nil else { return nil }
    let port =
      switch connection.layer4 {
      case .transport(let transport, let port): "\(port)/\(transport.kubernetesName)"
      case .icmp, .other: "icmp"
      }
    return "{from: \"\(from ?? connection.source.description)\", "
      + "to: \"\(to ?? connection.destination.description)\", port: \(port)}"
  }

  @Test(arguments: 0..<UInt64(60))
  func `exact lists hold as they are, and with one more or one less do not`(_ seed: UInt64) throws {
    let graph = RandomCluster(seed: seed, hasTiers: seed % 2 == 0).graph
    let connectivity = Connectivity(graph)
    var checking = Checking(graph)
    for subject in graph.endpoints.indices where !graph.endpoints[subject].addresses.isEmpty {
      for direction in Direction.allCases {
        let port = [53, 80, 8080, 65535][subject % 4] as UInt16
        let lists = Lists(connectivity, subject, direction, port)
        func test(_ listed: [String]) -> String {
          let name = graph.endpoints[subject].reference.qualifiedName
          let list = listed.map { "\"\($0)\"" }.joined(separator: ", ")
          let (own, other) = direction == .ingress ? ("to", "allowFrom") : ("from", "allowTo")
          return "{\(own): \(name), \(other): [\(list)], port: \(port)}"
        }
        #expect(try checking.holds(test(lists.allowed)), "seed \(seed): \(lists.allowed)")
        for index in lists.allowed.indices.prefix(8) {
          var less = lists.allowed
          less.remove(at: index)
          #expect(try !checking.holds(test(less)), "seed \(seed): without \(lists.allowed[index])")
        }
        for other in lists.denied.prefix(8) {
          #expect(try !checking.holds(test(lists.allowed + [other])), "seed \(seed): with \(other)")
        }
      }
    }
  }
}

/// Who may and who may not, by names that tests have for them. A pod is named by its addresses,
/// since one family may be allowed and the other not.
private struct Lists {
  var allowed: [String] = []
  var denied: [String] = []

  init(_ connectivity: Connectivity, _ subject: Int, _ direction: Direction, _ port: UInt16) {
    let graph = connectivity.graph
    let own = graph.endpoints[subject]
    for (index, endpoint) in graph.endpoints.enumerated() where index != subject {
      let met = endpoint.addresses.filter { address in
        own.addresses.contains { $0.family == address.family }
      }
      if met.isEmpty { denied.append(endpoint.reference.qualifiedName) }
      for address in met {
        guard let ownAddress = own.addresses.first(where: { $0.family == address.family }) else {
          continue
        }
        let (peer, party) = (graph.party(at: address), graph.party(at: ownAddress))
        let traffic =
          direction == .ingress
          ? connectivity.traffic(from: peer, to: party)
          : connectivity.traffic(from: party, to: peer)
        if traffic.tcp.contains(port) {
          allowed.append(address.description)
        } else {
          denied.append(address.description)
        }
      }
    }
    let isExempt = direction == .ingress || !graph.enforcement.policesOwnNode
    let node = isExempt ? own.nodeAddresses : []
    let known = AddressSet(
      (graph.endpoints.flatMap(\.addresses) + node).map { AddressRange($0) })
    var rest = own.addresses.reduce(AddressSet.empty) {
      $0.union(AddressSet.all.restricted(to: $1.family))
    }.subtracting(known)
    for part in connectivity.outside(connectivity.classes.classes[subject], direction)
    where connectivity.table[part.traffic].tcp.contains(port) {
      let addresses = part.addresses.subtracting(known)
      rest = rest.subtracting(addresses)
      allowed += addresses.ranges.flatMap(\.prefixes).map(\.description)
    }
    denied += rest.ranges.flatMap(\.prefixes).map(\.description)
  }
}
