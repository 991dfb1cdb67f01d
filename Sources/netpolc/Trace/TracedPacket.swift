import Host
import Netfilter

/// What became of a packet, from all that nftables said of it.
struct TracedPacket {
  let header: TracedHeader
  /// Of the day, as the clock of the machine shows it.
  let time: String
  private(set) var events: [TraceEvent] = []
  private(set) var lastSeen = ContinuousClock.now

  /// - Returns: nil when its first event does not tell who sends to whom.
  init?(_ event: TraceEvent) {
    guard let header = event.header else { return nil }
    self.header = header
    time = Timestamp.now().localTimeOfDay
    add(event)
  }

  mutating func add(_ event: TraceEvent) {
    events.append(event)
    lastSeen = .now
  }

  /// What dropped it.
  var dropping: TraceEvent? { events.first { $0.verdict == .drop } }
}

/// The packets that are on their way, and those that came to an end.
struct TracedPackets {
  private var open: [UInt32: TracedPacket] = [:]
  /// How many packets have been seen.
  private(set) var count = 0

  /// A packet that nothing more is said of for so long has passed.
  private static let patience = Duration.milliseconds(300)

  /// - Returns: packets that have been dropped.
  mutating func add(_ event: TraceEvent) -> TracedPacket? {
    if open[event.packet] != nil {
      open[event.packet]?.add(event)
    } else if let packet = TracedPacket(event) {
      open[event.packet] = packet
      count += 1
    }
    guard event.verdict == .drop else { return nil }
    return open.removeValue(forKey: event.packet)
  }

  /// Those of which nothing more will be said.
  /// - Parameter all: whether it is the end.
  mutating func passed(all: Bool) -> [TracedPacket] {
    let now = ContinuousClock.now
    let done = open.filter { all || now - $0.value.lastSeen > Self.patience }
    for id in done.keys { open[id] = nil }
    return done.values.sorted { $0.time < $1.time }
  }
}
