import Apply
import Incremental
import NetSets
import Netfilter

/// What an agent looks up when it is asked.
package struct NodeCounts: Sendable {
  package var packets: [CounterOwner: PacketCount] = [:]
  /// By the ruleset's counters with names.
  package var others: [String: PacketCount] = [:]
  package var sizes: [IPFamily: TableSize] = [:]

  package init(
    packets: [CounterOwner: PacketCount] = [:], others: [String: PacketCount] = [:],
    sizes: [IPFamily: TableSize] = [:]
  ) {
    self.packets = packets
    self.others = others
    self.sizes = sizes
  }
}
