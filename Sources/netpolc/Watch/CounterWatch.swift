import ArgumentParser
import Diagnostics
import Glibc
import Host
import Netfilter
import PolicyModel

/// Shows what rules count, again and again: on a terminal all that counted anything, in place;
/// elsewhere a line for each that counted more since the last look.
struct CounterWatch {
  let interval: Duration
  let end: ContinuousClock.Instant?
  let isJSON: Bool
  let includes: (CountedRules.Origin) -> Bool

  private struct Row {
    let origin: CountedRules.Origin
    let total: PacketCount
    let new: PacketCount
  }

  func follow(_ rules: consuming CountedRules) throws {
    var rules = rules
    guard var before = try rules.counts() else {
      throw Console.fail(
        "there are no rules of netpolc in nftables here; netpolc apply makes them", .environment)
    }
    while true {
      let next = ContinuousClock.now + interval
      let stop = min(next, end ?? next)
      sleepMilliseconds(UInt32(max(0, (stop - .now) / .milliseconds(1))))
      let now = try rules.counts() ?? [:]
      try show(rows(from: before, to: now))
      before = now
      if let end, ContinuousClock.now >= end { break }
    }
  }

  private func rows(
    from before: [CountedRules.Origin: PacketCount], to now: [CountedRules.Origin: PacketCount]
  ) -> [Row] {
    now.filter { includes($0.key) }.map { origin, total in
      Row(origin: origin, total: total, new: total.since(before[origin] ?? PacketCount()))
    }.sorted { left, right in
      left.new.packets == right.new.packets
        ? left.origin < right.origin : left.new.packets > right.new.packets
    }
  }

  private func show(_ rows: [Row]) throws {
    let time = Timestamp.now()
    if isJSON {
      let news = rows.filter { $0.new.packets > 0 }
      try Console.result(news.map { json($0, time).line + "\n" }.joined())
    } else if let size = terminalSize(STDOUT_FILENO) {
      try draw(rows, time, size)
    } else {
      let news = rows.filter { $0.new.packets > 0 }
      try Console.result(news.map { "\(time.localTimeOfDay)  \(text($0))\n" }.joined())
    }
  }

  /// As many as the screen has room for, those that count just now first.
  private func draw(
    _ rows: [Row], _ time: Timestamp, _ size: (rows: Int, columns: Int)
  ) throws {
    let counting = rows.filter { $0.total.packets > 0 }
    let shown = counting.prefix(max(1, size.rows - 3)).map { "\(text($0).prefix(size.columns))" }
    let rest = counting.count - shown.count
    let head =
      "\(time.localTimeOfDay)  new packets, all packets, rule" + (rest > 0 ? " (\(rest) more)" : "")
    // Home, then each line with what was there erased, then the rest of the screen.
    let lines = [head, ""] + (shown.isEmpty ? ["nothing has been counted yet"] : shown)
    try Console.result("\u{1B}[H" + lines.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J")
  }

  private func text(_ row: Row) -> String {
    let verdict =
      switch row.origin.verdict {
      case .allow: "allowed"
      case .deny: "denied "
      case .wouldDeny: "audited"
      }
    return "\(verdict) \(padded("+\(row.new.packets)", 8)) \(padded("\(row.total.packets)", 10))  "
      + "\(label(row.origin))"
  }

  /// Rules that allow say their direction by the part of the policy that they come from.
  private func label(_ origin: CountedRules.Origin) -> String {
    origin.verdict == .allow ? origin.text : "\(origin.direction.rawValue) \(origin.text)"
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func json(_ row: Row, _ time: Timestamp) -> JSON {
    [
      "schema": "netpolc.watch/v1",
      "time": .string(time.rfc3339),
      "verdict": .string(row.origin.verdict.rawValue),
      "direction": .string(row.origin.direction.rawValue),
      "policies": .array(row.origin.policies.map { .string($0) }),
      "rule": .string(row.origin.text),
      "packets": .integer(Int(clamping: row.new.packets)),
      "bytes": .integer(Int(clamping: row.new.bytes)),
      "totalPackets": .integer(Int(clamping: row.total.packets)),
    ]
  }
}
