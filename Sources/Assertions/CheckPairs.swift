import Analysis
import Diagnostics
import NetSets
import PolicyModel

/// Two groups of endpoints.
extension AssertionChecker {
  mutating func requirePair(
    _ source: EndGroup, _ destination: EndGroup, _ asked: AskedTraffic, _ about: Direction?
  ) {
    let families = common(source, destination)
    if families.isEmpty {
      // Of addresses, those of the other family are not meant; unless none is left, see outside.
      if !source.key.isNamed || !destination.key.isNamed { return }
      add(.unconnected, source, destination, asked.forbidden, nil, [])
      return
    }
    var missing: [(IPFamily, TrafficSet)] = []
    for family in families {
      let allowed = traffic(source, destination, family)
      let wanted = allowed.intersection(asked.forbidden)
      coverage.allow(graph, source.first, destination.first, family, wanted)
      switch asked {
      case .any: if allowed.isEmpty { missing.append((family, .all)) }
      case .exactly(let traffic) where wanted != traffic:
        missing.append((family, traffic.subtracting(wanted)))
      case .exactly: break
      }
    }
    for (traffic, onlyIn) in alike(missing, of: families) {
      let causes = connectivity.denying(
        source.first, destination.first, onlyIn ?? families[0], traffic, about)
      add(.denied, source, destination, traffic, onlyIn, causes)
    }
  }

  mutating func forbidPair(
    _ source: EndGroup, _ destination: EndGroup, _ forbidden: TrafficSet, _ about: Direction?
  ) {
    let families = common(source, destination)
    var extra: [(IPFamily, TrafficSet)] = []
    for family in families {
      let allowed = traffic(source, destination, family).intersection(forbidden)
      if !allowed.isEmpty { extra.append((family, allowed)) }
      let denied = forbidden.subtracting(allowed)
      if !denied.isEmpty {
        coverage.deny(connectivity, source.first, destination.first, family, denied)
      }
    }
    for (traffic, onlyIn) in alike(extra, of: families) {
      let causes = graph.allowing(source.first, destination.first, traffic, about)
      add(.allowed, source, destination, traffic, onlyIn, causes)
    }
  }

  private mutating func traffic(
    _ source: EndGroup, _ destination: EndGroup, _ family: IPFamily
  ) -> TrafficSet {
    let id = connectivity.traffic(
      from: source.key.classID, to: destination.key.classID, family)
    return connectivity.table[id]
  }

  /// The families that both are meant in. What has no address yet is met in those that are in use.
  private func common(_ source: EndGroup, _ destination: EndGroup) -> [IPFamily] {
    connectivity.families.filter {
      source.key.families.contains($0) && destination.key.families.contains($0)
    }
  }

  /// The same in all families is told once.
  private func alike(
    _ found: [(family: IPFamily, traffic: TrafficSet)], of families: [IPFamily]
  ) -> [(TrafficSet, IPFamily?)] {
    guard let first = found.first else { return [] }
    if found.count == families.count, found.allSatisfy({ $0.traffic == first.traffic }) {
      return [(first.traffic, nil)]
    }
    return found.map { ($0.traffic, $0.family) }
  }

  private mutating func add(
    _ kind: Violation.Kind, _ source: EndGroup, _ destination: EndGroup, _ traffic: TrafficSet,
    _ onlyIn: IPFamily?, _ causes: [Violation.Cause]
  ) {
    if isFull { return }
    // A pod by itself is not one of its own peers.
    let from = source.members.filter { member in
      member != destination.members.first || destination.members.count > 1
        || graph.endpoints[member].reference.kind != "Pod"
    }
    let to = destination.members.filter { member in
      member != source.members.first || source.members.count > 1
        || graph.endpoints[member].reference.kind != "Pod"
    }
    violations.append(
      Violation(
        kind: kind, from: .endpoints(from), to: .endpoints(to), traffic: traffic, onlyIn: onlyIn,
        causes: causes))
  }
}
