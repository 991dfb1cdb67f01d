import Analysis
import Diagnostics
import NetSets
import PolicyModel

extension PolicyGraph {
  /// Every item of every rule that lets some of the traffic through. In the tier of NetworkPolicy,
  /// which has no order, that may be several; in others the first that matches.
  /// - Parameter destination: whose names of ports count.
  func lettingThrough(
    _ direction: Direction, of subject: Int, _ traffic: TrafficSet, destination: Int?,
    isPeer: (EdgePeer) -> Bool
  ) -> [Provenance] {
    guard let group = endpoints[subject].group(direction) else { return [] }
    let named = destination.map { endpoints[$0].ports } ?? []
    var undecided = traffic
    var found: [Provenance] = []
    for (tier, policies) in tiers(of: groups[group]) {
      var rest = undecided
      var passed = TrafficSet.empty
      for edge in policies.flatMap({ self.policies[$0].edges(direction) ?? [] }) {
        let matched = (tier == .networkPolicy ? undecided : rest)
          .intersection(TrafficSet(edge.ports, at: named))
        let items = edge.peers.map { $0.filter(isPeer).map(\.provenance) } ?? [edge.provenance]
        if matched.isEmpty || items.isEmpty { continue }
        switch edge.action {
        case .allow: found += items
        case .deny: break
        case .pass: passed = passed.union(matched)
        }
        rest = rest.subtracting(matched)
      }
      switch tier.atEnd {
      case .deny: undecided = passed
      case .pass, .audit: undecided = rest.union(passed)
      }
    }
    return found
  }

  func names(_ item: EdgePeer, _ party: Party) -> Bool {
    switch item.match {
    case .set(let set): party.endpoint.map(peerSets[set].contains) ?? false
    case .block(let block): party.address.map(block.contains) ?? false
    }
  }
}

extension TierPolicy {
  /// Whether selecting a pod denies it something: not with a rule for all traffic of everybody.
  func deniesAnything(_ direction: Direction) -> Bool {
    tier.atEnd == .deny
      && !(rules(direction) ?? []).contains {
        $0.action == .allow && $0.peers == nil && $0.ports == nil
      }
  }

  func isolation(_ direction: Direction) -> Provenance {
    isolationPart(of: reference, direction, location)
  }
}

extension GraphPolicy {
  func isolation(_ direction: Direction) -> Provenance {
    isolationPart(of: reference, direction, location)
  }
}

private func isolationPart(
  of policy: ObjectReference, _ direction: Direction, _ location: SourceLocation
) -> Provenance {
  Provenance(policy: policy, path: .root.key(direction.rawValue), location: location)
}
