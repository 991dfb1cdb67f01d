import Apply
import Diagnostics
import Incremental
import NetSets
import Netfilter
import PolicyModel

/// What an agent looks up when it is asked.
package struct NodeCounts: Sendable {
  /// nil when they are not counted.
  package var packets: [CounterOwner: PacketCount]?
  /// The same by parts of policies; nil when that is not to be told.
  package var parts: [CountedPart: PacketCount]?
  /// By the ruleset's counters with names.
  package var others: [String: PacketCount] = [:]
  package var sizes: [IPFamily: TableSize] = [:]

  package init(
    packets: [CounterOwner: PacketCount]? = nil, parts: [CountedPart: PacketCount]? = nil,
    others: [String: PacketCount] = [:], sizes: [IPFamily: TableSize] = [:]
  ) {
    self.packets = packets
    self.parts = parts
    self.others = others
    self.sizes = sizes
  }

  /// Packets that an audited policy would deny; nil when they are not counted.
  func wouldDeny(_ policy: ObjectReference) -> Int? {
    packets.map { packets in
      Int(
        clamping: Direction.allCases.reduce(0) {
          $0 + (packets[.audit(policy, $1)]?.packets ?? 0)
        })
    }
  }
}
