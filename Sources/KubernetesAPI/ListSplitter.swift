/// Cuts the items out of the bytes of a list while these arrive, so that of a page of any size one
/// item is held at a time. What is in an item is looked at no further than to find its end: whoever
/// parses it finds what is wrong with it. What is around the items is kept as the envelope, with a
/// `0` in the place of each item, and is parsed at the end.
struct ListSplitter {
  private enum Position {
    /// Outside of the items, or between them.
    case envelope
    /// In an item, which began at the depth of the array's members.
    case item
  }

  private let limit: Int
  private var position = Position.envelope
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// Whether the last string at depth 1, outside of values, is the key `items`, and what is then
  /// seen of it.
  private var keyStart: Int?
  private var isItemsKey = false
  private var isInItems = false
  private var item: [UInt8] = []
  private(set) var envelope: [UInt8] = []

  /// - Parameter limit: bytes of an item, and of the envelope.
  init(limit: Int) { self.limit = limit }

  /// Calls `body` with each item that ends in `chunk`.
  mutating func feed(
    _ chunk: UnsafeRawBufferPointer, _ body: ([UInt8]) throws(APIFailure) -> Void
  ) throws(APIFailure) {
    var start = 0
    for index in 0..<chunk.count {
      let byte = chunk[index]
      switch position {
      case .item:
        guard endsItem(byte) else { continue }
        try keep(chunk[start...index])
        start = index + 1
        try body(item)
        item = []
        position = .envelope
      case .envelope:
        if beginsItem(byte) {
          position = .item
          start = index
          envelope.append(UInt8(ascii: "0"))
          depth = 3
        } else {
          readEnvelope(byte)
        }
        guard envelope.count <= limit else { throw tooLong }
      }
    }
    if position == .item { try keep(chunk[start...]) }
  }

  private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) throws(APIFailure) {
    guard item.count + bytes.count <= limit else { throw tooLong }
    item.append(contentsOf: bytes)
  }

  private var tooLong: APIFailure { .malformed("a list with a value of more than \(limit) bytes") }

  @inline(__always)
  private mutating func endsItem(_ byte: UInt8) -> Bool {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return false
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      return depth == 2
    default: break
    }
    return false
  }

  private func beginsItem(_ byte: UInt8) -> Bool {
    isInItems && depth == 2 && !isInString && byte == UInt8(ascii: "{")
  }

  private mutating func readEnvelope(_ byte: UInt8) {
    envelope.append(byte)
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        if depth == 1, let start = keyStart {
          isItemsKey = envelope[start...].elementsEqual("\"items\"".utf8)
          keyStart = nil
        }
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""):
      isInString = true
      if depth == 1 { keyStart = envelope.count - 1 }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if byte == UInt8(ascii: "["), depth == 1, isItemsKey { isInItems = true }
      depth += 1
      isItemsKey = false
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth == 1 { isInItems = false }
      isItemsKey = false
    case UInt8(ascii: ","):
      isItemsKey = false
    default: break
    }
  }
}
