import Apply
import Host
import Netfilter
import Synchronization

/// The directory in which a node's rules are recorded, as `netpolc apply` records them, and the
/// lock by which whoever changes them is alone.
package final class NodeRecord {
  private let generations: Generations
  private let lock: FileLock
  /// A disk takes its time, and what is enforced must not wait for it.
  private let writer: LatestJob
  private let written = Written()

  /// What is on record, once it was read or written: nobody else writes while the lock is ours.
  private final class Written: Sendable {
    let last = Mutex<(generation: Int, rules: NodeRules)?>(nil)
    let failure = Mutex<String?>(nil)
  }

  /// - Throws: `FileLock.Held` when an agent or a command works on the node.
  package init(of namespace: NetworkNamespace, below stateDirectory: String) throws {
    generations = try Generations(of: namespace, below: stateDirectory)
    lock = try FileLock("\(generations.directory)/lock", waiting: 0)
    writer = try LatestJob()
  }

  /// Where the rules are that were in force last; nil when there were none.
  package var firewall: Firewall? {
    get throws { try generations.current.flatMap { try generations.firewall(of: $0) } }
  }

  /// The node's firewalls, with this record, while nothing else is written into it.
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

  /// Begins to record what is in force now, unless it is on record.
  func keep(_ rules: NodeRules) {
    writer.give { [generations, written] in
      do {
        try written.last.withLock { last in
          let current = try generations.current ?? 0
          if last?.generation != current, let rules = try? generations.rules(current) {
            last = (current, rules)
          }
          if let last, last.generation == current, last.rules == rules { return }
          let next = try generations.add(rules)
          try generations.advance(from: current, to: next)
          try generations.setPending(nil)
          last = (next, rules)
        }
      } catch {
        written.failure.withLock { $0 = "\(error)" }
      }
    }
  }

  /// Waits until all is written.
  /// - Returns: whether that was in time.
  func finish(within time: Duration) -> Bool { writer.finish(within: time) }

  /// Why something could not be recorded since this was asked last.
  func failure() -> String? {
    written.failure.withLock { failure in
      defer { failure = nil }
      return failure
    }
  }
}
