import CNetfilter

/// Netlink messages as they came, one after another, each beginning at a multiple of four bytes.
struct Messages {
  private var bytes: [UInt8] = []

  mutating func append(_ message: UnsafeRawBufferPointer.SubSequence) {
    bytes += message
    bytes += repeatElement(0, count: -message.count & 3)
  }

  /// Calls `body` with each message, which it may read until it returns.
  func visit<Failure: Error>(
    _ body: (Message) throws(Failure) -> Void
  ) throws(Failure) {
    try bytes.span.bytes.withUnsafeBytes { buffer throws(Failure) in
      for message in MessageSequence(buffer[...]) { try body(message) }
    }
  }

  func filter(_ isIncluded: (Message) -> Bool) -> Messages {
    var kept = Messages()
    visit { if isIncluded($0) { kept.append($0.bytes) } }
    return kept
  }

  func map<Value, Failure: Error>(
    _ body: (Message) throws(Failure) -> Value
  ) throws(Failure) -> [Value] {
    var values: [Value] = []
    try visit { message throws(Failure) in values.append(try body(message)) }
    return values
  }
}

/// One message. Its bytes belong to the buffer that it was found in.
struct Message {
  static let headerLength = MemoryLayout<nlmsghdr>.size

  let bytes: UnsafeRawBufferPointer.SubSequence
  let header: nlmsghdr

  /// For libnftnl, whose functions take the message by its header.
  var pointer: UnsafePointer<nlmsghdr>? {
    UnsafeRawBufferPointer(rebasing: bytes).baseAddress?.assumingMemoryBound(to: nlmsghdr.self)
  }

  /// What follows the header of netlink.
  var payload: UnsafeRawBufferPointer.SubSequence { bytes.dropFirst(Message.headerLength) }

  /// What follows the header of netfilter too: the attributes.
  var attributes: Attributes { Attributes(attributeBytes) }
  var attributeBytes: UnsafeRawBufferPointer.SubSequence {
    payload.dropFirst(MemoryLayout<nfgenmsg>.size)
  }

  func attribute(_ type: some BinaryInteger) -> Attribute? {
    Attributes.first(type, in: attributeBytes)
  }
}

/// The messages in what was received; ends at one that is cut short.
struct MessageSequence: Sequence, IteratorProtocol {
  private var rest: UnsafeRawBufferPointer.SubSequence

  init(_ bytes: UnsafeRawBufferPointer.SubSequence) { rest = bytes }

  mutating func next() -> Message? {
    guard rest.count >= Message.headerLength else { return nil }
    let header = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: nlmsghdr.self)
    let length = Int(header.nlmsg_len)
    guard length >= Message.headerLength, length <= rest.count else { return nil }
    defer { rest = rest.dropFirst((length + 3) & ~3) }
    return Message(bytes: rest.prefix(length), header: header)
  }
}
