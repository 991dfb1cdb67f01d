import Glibc

/// A moment, to the millisecond.
package struct Timestamp: Hashable, Sendable, Comparable {
  /// Since the beginning of 1970 in UTC, without leap seconds.
  package let milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// As the machine's clock has it, which somebody may set forwards or back.
  package static func now() -> Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(milliseconds: now.tv_sec * 1000 + now.tv_nsec / 1_000_000)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The date, then the time of day: the fields of RFC 3339 in UTC.
  private func fields(_ parts: tm) -> (date: String, time: String) {
    func digits(_ number: some BinaryInteger, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let (_, rest) = quotient(by: 1000)
    return (
      "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-"
        + digits(parts.tm_mday, 2),
      "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
        + ".\(digits(rest, 3))"
    )
  }

  private func quotient(by divisor: Int) -> (Int, Int) {
    let rest = ((milliseconds % divisor) + divisor) % divisor
    return ((milliseconds - rest) / divisor, rest)
  }

  /// `2026-11-25T08:00:00.123Z` (RFC 3339 §5.6).
  package var rfc3339: String {
    var seconds = quotient(by: 1000).0
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let (date, time) = fields(parts)
    return "\(date)T\(time)Z"
  }

  /// `09:00:00.123`, where the machine is.
  package var localTimeOfDay: String {
    var seconds = quotient(by: 1000).0
    var parts = tm()
    localtime_r(&seconds, &parts)
    return fields(parts).time
  }
}
