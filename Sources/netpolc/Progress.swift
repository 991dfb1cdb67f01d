import Glibc
import Host
import Synchronization

/// A line on standard error about work that takes longer than a second, where somebody watches: on
/// a terminal that can erase it again.
enum Progress {
  private struct Line {
    /// nil when nothing is under way; empty when there is nothing to say of it.
    var text: String?
    var isDrawn = false
  }

  private static let line = Mutex(Line())

  private static let isWatched =
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } ?? "dumb" != "dumb"

  /// Does `work`, of which the line says `text`. Inside other work that has a line, the text becomes
  /// that line's.
  static func during<Result, Failure: Error>(
    _ text: String, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard isWatched, !Console.isQuiet else { return try work() }
    let outer = line.withLock { line in
      defer { line.text = text }
      return line.text
    }
    // Without a thread there is no line, which is no reason not to work.
    let clock = outer == nil ? try? ProgressClock { draw() } : nil
    defer {
      clock?.stop()
      line.withLock { line in
        erase(&line)
        line.text = outer
      }
    }
    return try work()
  }

  /// How far the work has come; not worked out when nobody sees it.
  static func update(_ text: @autoclosure () -> String) {
    guard isWatched else { return }
    line.withLock { if $0.text != nil { $0.text = text() } }
  }

  /// Writes something else to standard error, without the line in its way.
  static func interrupted(_ body: () -> Void) {
    line.withLock { line in
      erase(&line)
      body()
    }
  }

  private static func draw() {
    line.withLock { line in
      guard let text = line.text, !text.isEmpty else { return erase(&line) }
      // A line that wraps could not be erased.
      put("\r\(text.prefix(70))\u{1B}[K")
      line.isDrawn = true
    }
  }

  private static func erase(_ line: inout Line) {
    if line.isDrawn { put("\r\u{1B}[K") }
    line.isDrawn = false
  }

  private static func put(_ text: String) {
    try? write(text, to: STDERR_FILENO, name: "standard error")
  }
}

extension Int {
  /// `9,000`
  var grouped: String {
    let digits = Array(String(magnitude))
    let grouped = digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }
    return (self < 0 ? "-" : "") + grouped.joined()
  }
}
