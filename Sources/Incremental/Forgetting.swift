import Backends
import PolicyModel

/// Selectors and names that nobody uses any more: namespaces and labels come and go for as long as a
/// node lives.
extension NodeCompiler {
  /// To be called when what is in use has followed all changes. It goes through all policies, and so
  /// waits until as much was learned as is in use.
  mutating func forgetUnused() {
    if selectors.count + names.count <= max(forgetsAbove, 2 * usedLast) { return }
    let entries = policies.entries.values
    selectors.keep(entries.reduce(into: []) { $0.formUnion($1.resolved.peerSets) })
    let groups = tables.flatMap(\.groups.values)
    let uses = (entries.flatMap(\.uses) + groups.flatMap(\.uses)).reduce(into: SetUses()) {
      $0.formUnion($1)
    }
    var used = Set(groups.map(\.name)).union(uses.blocks.keys)
    for id in uses.peers { used.insert(names.peers(selectors.selectors[id])) }
    for port in uses.ports.keys { used.insert(names.port(port)) }
    names.keep(used)
    usedLast = selectors.count + names.count
  }
}

extension GraphPolicy {
  /// The peers of its rules that are selectors.
  fileprivate var peerSets: [PeerSet.ID] {
    ((ingress ?? []) + (egress ?? [])).flatMap { $0.peers ?? [] }.compactMap { peer in
      switch peer.match {
      case .set(let id): id
      case .block: nil
      }
    }
  }
}
