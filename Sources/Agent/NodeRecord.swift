import Apply
import Host
import Netfilter
import Nftables

/// The directory in which a node's rules are recorded, as `netpolc apply` records them, and the
/// lock by which whoever changes them is alone.
package struct NodeRecord {
  private let generations: Generations
  private let lock: FileLock

  /// - Throws: `FileLock.Held` when an agent or a command works on the node.
  package init(of namespace: NetworkNamespace, below stateDirectory: String) throws {
    generations = try Generations(of: namespace, below: stateDirectory)
    lock = try FileLock("\(generations.directory)/lock", waiting: 0)
  }

  /// Where the rules are that were in force last; nil when there were none.
  package var firewall: Firewall? {
    get throws { try generations.current.flatMap { try generations.firewall(of: $0) } }
  }

  /// The node's firewalls, with this record.
  func session(_ kernel: NetlinkKernel, in namespace: NetworkNamespace) -> Session<NetlinkKernel> {
    Session(kernel, iptables: namespace, generations: generations, table: "netpolc")
  }

  /// The generation that was in force last; nil when that was nothing.
  var current: Int? {
    get throws {
      guard let current = try generations.current, current != 0 else { return nil }
      return current
    }
  }

  /// Records what is in force now, unless it is on record.
  func keep(_ rules: NodeRules) throws {
    let current = try generations.current ?? 0
    if let last = try? generations.rules(current), last == rules { return }
    try generations.advance(from: current, to: try generations.add(rules))
    try generations.setPending(nil)
  }
}
