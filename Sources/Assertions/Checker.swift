import Analysis
import Diagnostics
import NetSets
import PolicyModel

/// Holds assertions against what a graph allows: between every two pods or workloads that a test
/// names, and with every address of none.
///
/// Two things are no connections that policies decide, and are left out: a pod and itself, and a pod
/// and its own node, unless a test names the node's address by itself.
package struct AssertionChecker {
  var connectivity: Connectivity
  private let resolver: EndResolver
  /// Of every endpoint.
  let endpointAddresses: AddressSet
  package internal(set) var coverage: Coverage
  var violations: [Violation] = []

  /// - Parameter policies: all of the input, of which those that select nothing are not in the graph.
  package init(_ graph: PolicyGraph, policies: [TierPolicy], onHostNetwork: Set<String>) {
    connectivity = Connectivity(graph)
    resolver = EndResolver(graph, onHostNetwork: onHostNetwork)
    endpointAddresses = AddressSet(
      graph.endpoints.lazy.flatMap(\.addresses).map { AddressRange($0) })
    coverage = Coverage(policies)
  }

  var graph: PolicyGraph { connectivity.graph }

  /// nil when it names what is not there, which is said.
  package mutating func check(
    _ assertion: Assertion, _ diagnostics: inout Diagnostics
  ) -> AssertionResult? {
    violations = []
    let sources: EndSet
    let destinations: EndSet
    switch assertion.claim {
    case .allow(let from, let to), .deny(let from, let to), .onlyFrom(let from, let to),
      .onlyTo(let to, let from):
      let first = resolver.resolve(from, &diagnostics)
      let second = resolver.resolve(to, &diagnostics)
      guard let first, let second else { return nil }
      (sources, destinations) = (first, second)
    }
    let traffic = assertion.traffic
    switch assertion.claim {
    case .allow: require(from: sources, to: destinations, traffic, about: nil)
    case .deny: forbid(from: sources, to: destinations, traffic.forbidden, about: nil)
    case .onlyFrom:
      require(from: sources, to: destinations, traffic, about: .ingress)
      forbid(
        from: sources.complement(in: graph), to: destinations, traffic.forbidden, about: .ingress)
    case .onlyTo:
      require(from: sources, to: destinations, traffic, about: .egress)
      forbid(
        from: sources, to: destinations.complement(in: graph), traffic.forbidden, about: .egress)
    }
    return AssertionResult(
      assertion: assertion, violations: violations.merged(), isComplete: !isFull)
  }

  // MARK: What both directions of a claim need

  /// All of the traffic, or with `any` some, between every two ends.
  private mutating func require(
    from sources: EndSet, to destinations: EndSet, _ asked: AskedTraffic, about: Direction?
  ) {
    let (from, to) = (groups(sources), groups(destinations))
    for source in from {
      for destination in to where source.isApart(from: destination, in: graph) {
        requirePair(source, destination, asked, about)
      }
      requireOutside(source, .egress, destinations, asked)
    }
    for destination in to { requireOutside(destination, .ingress, sources, asked) }
  }

  /// None of the traffic between any two ends.
  private mutating func forbid(
    from sources: EndSet, to destinations: EndSet, _ forbidden: TrafficSet, about: Direction?
  ) {
    let (from, to) = (groups(sources), groups(destinations))
    for source in from {
      for destination in to where source.isApart(from: destination, in: graph) {
        forbidPair(source, destination, forbidden, about)
      }
      forbidOutside(source, .egress, destinations, forbidden)
    }
    for destination in to { forbidOutside(destination, .ingress, sources, forbidden) }
  }

  /// Whether more would be of use to anyone; one is enough for the test to fail.
  var isFull: Bool { violations.count >= 2000 }

  /// Endpoints that no policy tells apart together.
  private func groups(_ set: EndSet) -> [EndGroup] {
    var groups: [EndGroup.Key: [Int]] = [:]
    for (index, families) in set.endpoints {
      let key = EndGroup.Key(
        classID: connectivity.classes.classes[index], families: families,
        isNamed: set.named.contains(index))
      groups[key, default: []].append(index)
    }
    return groups.map { EndGroup(key: $0.key, members: $0.value.sorted()) }
      .sorted { $0.members[0] < $1.members[0] }
  }
}

/// Endpoints of one class that a test names in the same families.
struct EndGroup {
  struct Key: Hashable {
    let classID: EndpointClasses.ID
    let families: Set<IPFamily>
    let isNamed: Bool
  }

  let key: Key
  /// Ascending, never empty.
  let members: [Int]

  /// One that stands for all.
  var first: Int { members[0] }

  /// Whether there is a connection between two of them: a pod reaches itself without a network. The
  /// replicas that a workload will have are several.
  func isApart(from other: EndGroup, in graph: PolicyGraph) -> Bool {
    members.count > 1 || members != other.members
      || graph.endpoints[first].reference.kind != "Pod"
  }
}

/// How one assertion ended.
package struct AssertionResult: Sendable {
  package let assertion: Assertion
  package let violations: [Violation]
  /// Whether these are all of them.
  package let isComplete: Bool

  package var holds: Bool { violations.isEmpty }
}
