import Glibc
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
    time = TracedPacket.timeOfDay()
    add(event)
  }

  mutating func add(_ event: TraceEvent) {
    events.append(event)
    lastSeen = .now
  }

  /// What dropped it.
  var dropping: TraceEvent? { events.first { $0.verdict == .drop } }

  /// `09:31:02.114`
  private static func timeOfDay() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    localtime_r(&now.tv_sec, &parts)
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2))"
      + ":\(padded(Int(parts.tm_sec), 2)).\(padded(now.tv_nsec / 1_000_000, 3))"
  }
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
