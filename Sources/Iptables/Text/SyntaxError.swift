/// A line of iptables or ipset that is not as they print it, or not as we write it.
package struct FilterSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  package let message: String

  package var description: String { "\(line): \(message)" }
}

/// Why the words of one line are none of ours.
struct Unreadable: Error {
  let message: String
}
