/// Cuts the bytes of a watch into its lines, each of them one event. Bytes without a newline at the
/// end are no line: what was cut off is never taken for an event.
struct LineSplitter {
  private let limit: Int
  private var partial: [UInt8] = []

  /// - Parameter limit: bytes of a line.
  init(limit: Int) { self.limit = limit }

  /// Whether there is the start of a line that has not ended.
  var isInLine: Bool { !partial.isEmpty }

  /// The lines that end in `chunk`, without newlines; empty ones are left out.
  mutating func feed(_ chunk: UnsafeRawBufferPointer) throws(APIFailure) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var rest = chunk[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      try append(rest[..<end])
      if !partial.isEmpty { lines.append(partial) }
      partial = []
      rest = rest[(end + 1)...]
    }
    try append(rest)
    return lines
  }

  private mutating func append(_ bytes: Slice<UnsafeRawBufferPointer>) throws(APIFailure) {
    guard partial.count + bytes.count <= limit else {
      throw .malformed("a line of more than \(limit) bytes")
    }
    partial.append(contentsOf: bytes)
  }
}
