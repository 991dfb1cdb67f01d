import Apply
import Host
import Nftables

/// The directory in which a node's rules are recorded, as `netpolc apply` records them, and the
/// lock by which whoever changes them is alone.
package struct NodeRecord {
  private let generations: Generations
  private let lock: FileLock
  /// What is on record, once it was read or written: nobody else writes while the lock is ours.
  private var recorded: Ruleset?

  /// - Throws: `FileLock.Held` when an agent or a command works on the node.
  package init(of namespace: NetworkNamespace, below stateDirectory: String) throws {
    generations = try Generations(of: namespace, below: stateDirectory)
    lock = try FileLock("\(generations.directory)/lock", waiting: 0)
  }

  /// Where the rules are that were in force last; nil when there were none.
  package var firewall: Firewall? {
    get throws { try generations.current.flatMap { try generations.firewall(of: $0) } }
  }

  /// What was in force last; nil when that was nothing, or rules of iptables.
  package func last() throws -> (generation: Int, ruleset: Ruleset)? {
    guard let current = try generations.current,
      case .nftables(let ruleset)? = try generations.rules(current)
    else { return nil }
    return (current, ruleset)
  }

  /// Records what is in force now, unless it is on record.
  package mutating func keep(_ ruleset: Ruleset) throws {
    let current = try generations.current ?? 0
    if recorded == nil, case .nftables(let last)? = try? generations.rules(current) {
      recorded = last
    }
    if recorded == ruleset { return }
    recorded = nil
    try generations.advance(from: current, to: try generations.add(.nftables(ruleset)))
    try generations.setPending(nil)
    recorded = ruleset
  }

  /// Records that nothing of ours is there.
  package mutating func clear() throws {
    recorded = nil
    let current = try generations.current ?? 0
    if current != 0 { try generations.advance(from: current, to: 0) }
  }
}
