import Analysis
import Diagnostics
import NetSets
import PolicyModel

extension PolicyGraph {
  /// What lets a connection between two endpoints through: the rules of the side that the test is
  /// about; where it is about neither, those of egress, or of ingress where nothing isolates the
  /// source.
  func allowing(
    _ source: Int, _ destination: Int, _ traffic: TrafficSet, _ about: Direction?
  ) -> [Violation.Cause] {
    let sides = [(Direction.egress, source, destination), (.ingress, destination, source)]
    for (direction, subject, peer) in sides where about == nil || about == direction {
      let rules = allowingRules(direction, of: subject, with: .endpoint(peer), traffic)
      if !rules.isEmpty { return rules.map(\.cause) }
    }
    return [open(about ?? .egress)]
  }

  /// The same for addresses of no endpoint.
  func allowing(
    _ direction: Direction, _ subject: Int, _ peers: AddressSet, _ traffic: TrafficSet
  ) -> [Violation.Cause] {
    let rules = allowingRules(direction, of: subject, with: .addresses(peers), traffic)
    return rules.isEmpty ? [open(direction)] : rules.map(\.cause)
  }

  private func open(_ direction: Direction) -> Violation.Cause {
    Violation.Cause(
      text: "no policy denies it: not isolated for \(direction.rawValue)", policy: nil,
      location: nil)
  }

  /// The policies that deny an endpoint what no rule allows.
  func isolating(_ direction: Direction, _ endpoint: Int) -> [GraphPolicy] {
    guard let group = endpoints[endpoint].group(direction) else { return [] }
    return groups[group].policies.map { policies[$0] }.filter { $0.tier.atEnd == .deny }
  }
}

extension Connectivity {
  /// What denies traffic between two endpoints, the side that the test is about first.
  func denying(
    _ source: Int, _ destination: Int, _ family: IPFamily, _ traffic: TrafficSet,
    _ about: Direction?
  ) -> [Violation.Cause] {
    let sides = [(Direction.egress, source, destination), (.ingress, destination, source)]
    return (about == .ingress ? sides.reversed() : sides).flatMap {
      direction, subject, peer -> [Violation.Cause] in
      let allowed = self.traffic(direction, of: subject, with: peer, family)
      return traffic.subtracting(allowed).isEmpty
        ? [] : graph.isolating(direction, subject).map(\.cause)
    }
  }
}

extension Provenance {
  /// `shop/db ingress[0].from[1]`
  fileprivate var cause: Violation.Cause {
    Violation.Cause(
      text: "\(policy.qualifiedName) \(path)", policy: policy, location: location)
  }
}

extension GraphPolicy {
  var cause: Violation.Cause {
    Violation.Cause(
      text: "isolated by \(reference.qualifiedName)", policy: reference, location: location)
  }
}
