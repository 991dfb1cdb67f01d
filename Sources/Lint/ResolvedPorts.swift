import Analysis
import NetSets
import PolicyModel

/// A rule's ports as traffic: once for all destinations where their names do not depend on it.
struct ResolvedPorts {
  private let ports: [RulePort]?
  /// nil where the ports have names, and each peer gives them its own numbers.
  private let fixed: TrafficSet?

  /// - Parameter destination: where all connections of the rule lead to; nil when to its peers.
  init(_ ports: [RulePort]?, _ graph: PolicyGraph, at destination: Int?) {
    self.ports = ports
    let hasNames = (ports ?? []).contains { port in
      if case .named = port.match { true } else { false }
    }
    fixed = hasNames && destination == nil ? nil : graph.traffic(ports, at: destination)
  }

  var isNothing: Bool { fixed?.isEmpty ?? false }

  func mayMeet(_ other: ResolvedPorts) -> Bool {
    guard let fixed, let theirs = other.fixed else { return true }
    return !fixed.intersection(theirs).isEmpty
  }

  func isInside(_ whole: ResolvedPorts) -> Bool {
    guard let fixed, let theirs = whole.fixed else { return false }
    return fixed.subtracting(theirs).isEmpty
  }

  func traffic(_ graph: PolicyGraph, at destination: Int?) -> TrafficSet {
    fixed ?? graph.traffic(ports, at: destination)
  }
}

/// Which sets of peers lie inside others, each pair looked at once.
struct SetInclusion {
  private var known: [Pair: Bool] = [:]

  private struct Pair: Hashable {
    let part: PeerSet.ID
    let whole: PeerSet.ID
  }

  mutating func isInside(_ part: PeerSet.ID, _ whole: PeerSet.ID, _ graph: PolicyGraph) -> Bool {
    if part == whole { return true }
    let pair = Pair(part: part, whole: whole)
    if let answer = known[pair] { return answer }
    let set = graph.peerSets[whole]
    let members = graph.peerSets[part].members
    let answer = members.count <= set.members.count && members.allSatisfy { set.contains($0) }
    known[pair] = answer
    return answer
  }
}
