/// The attributes of a netlink message: length and type, each a 16-bit number of the machine, then
/// the value, padded to four bytes (linux/netlink.h, `struct nlattr`).
struct Attributes: Sequence, IteratorProtocol {
  private var rest: UnsafeRawBufferPointer.SubSequence

  init(_ bytes: UnsafeRawBufferPointer.SubSequence) { rest = bytes }

  mutating func next() -> Attribute? {
    guard rest.count >= Attribute.headerLength else { return nil }
    let bytes = UnsafeRawBufferPointer(rebasing: rest)
    let length = Int(bytes.loadUnaligned(as: UInt16.self))
    guard length >= Attribute.headerLength, length <= rest.count else { return nil }
    let type = bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
    let start = rest.startIndex
    let value = rest[(start + Attribute.headerLength)..<(start + length)]
    rest = rest.dropFirst((length + 3) & ~3)
    // The upper two bits say that it is nested, and that it is in network order.
    return Attribute(type: Int(type & 0x3fff), value: value)
  }

  /// The first attribute of that type.
  static func first(
    _ type: some BinaryInteger, in bytes: UnsafeRawBufferPointer.SubSequence
  ) -> Attribute? {
    Attributes(bytes).first { $0.type == Int(type) }
  }
}

/// One attribute. Its bytes belong to the message.
struct Attribute {
  static let headerLength = 4

  let type: Int
  let value: UnsafeRawBufferPointer.SubSequence

  var nested: Attributes { Attributes(value) }

  /// A number in network order, of whatever width.
  var number: UInt64 { value.reduce(0) { $0 << 8 | UInt64($1) } }

  /// Text up to the null that ends it.
  var string: String { String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
}
