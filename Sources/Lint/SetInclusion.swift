import NetSets
import PolicyModel

/// What is asked again and again about sets of peers, looked at once.
struct SetInclusion {
  private var known: [Pair: Bool] = [:]
  private var representatives: [PeerSet.ID: [Int]] = [:]

  private struct Pair: Hashable {
    let part: PeerSet.ID
    let whole: PeerSet.ID
  }

  /// Whether one of a rule's peers holds all of a set.
  mutating func isInside(
    _ part: PeerSet.ID, _ peers: [EdgePeer]?, _ graph: PolicyGraph
  ) -> Bool {
    guard let peers else { return true }
    for peer in peers {
      if case .set(let whole) = peer.match, isInside(part, whole, graph) { return true }
    }
    return false
  }

  private mutating func isInside(
    _ part: PeerSet.ID, _ whole: PeerSet.ID, _ graph: PolicyGraph
  ) -> Bool {
    if part == whole { return true }
    let pair = Pair(part: part, whole: whole)
    if let answer = known[pair] { return answer }
    let set = graph.peerSets[whole]
    let members = graph.peerSets[part].members
    let answer = members.count <= set.members.count && members.allSatisfy { set.contains($0) }
    known[pair] = answer
    return answer
  }

  /// One member for all that give ports the same names.
  mutating func representatives(of set: PeerSet.ID, _ graph: PolicyGraph) -> [Int] {
    if let members = representatives[set] { return members }
    var seen: Set<[NamedPort]> = []
    let members = graph.peerSets[set].members.filter {
      seen.insert(graph.endpoints[$0].ports).inserted
    }
    representatives[set] = members
    return members
  }
}
