import Apply
import Incremental
import NetSets
import Netfilter

/// What an agent looks up when it is asked.
package struct NodeCounts: Sendable {
  package var packets: [CounterOwner: PacketCount] = [:]
  /// The same by parts of policies; nil when that is not to be told.
  package var parts: [CountedPart: PacketCount]?
  /// By the ruleset's counters with names.
  package var others: [String: PacketCount] = [:]
  package var sizes: [IPFamily: TableSize] = [:]

  package init(
    packets: [CounterOwner: PacketCount] = [:], parts: [CountedPart: PacketCount]? = nil,
    others: [String: PacketCount] = [:], sizes: [IPFamily: TableSize] = [:]
  ) {
    self.packets = packets
    self.parts = parts
    self.others = others
    self.sizes = sizes
  }
}
