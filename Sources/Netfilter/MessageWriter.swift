import CNetfilter
import NetSets
import Nftables

/// Memory that netlink messages are written into, one after another, without a copy of any of it.
struct MessageWriter: ~Copyable {
  private var memory: UnsafeMutableRawBufferPointer
  /// The bytes written so far.
  private(set) var count = 0
  /// Where the message that is being written begins.
  private(set) var messageStart = 0

  init(capacity: Int = 256) { memory = .allocate(byteCount: capacity, alignment: 16) }

  deinit { memory.deallocate() }

  /// All messages, for as long as nothing is added.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// The headers: `struct nlmsghdr` (linux/netlink.h) and `struct nfgenmsg` (nfnetlink.h).
  mutating func begin(
    type: Int, flags: Int32, sequence: UInt32, family: UInt8 = 0, resource: UInt16 = 0
  ) {
    messageStart = count
    append(UInt32(0))
    append(UInt16(type))
    append(UInt16(flags | NLM_F_REQUEST))
    append(sequence)
    append(UInt32(0))
    append(family)
    append(UInt8(NFNETLINK_V0))
    append(resource.bigEndian)
  }

  /// Every message ends with this.
  mutating func end() { set(UInt32(count - messageStart), at: messageStart) }

  /// A message that libnftnl wrote.
  mutating func append(message: UnsafeRawBufferPointer) {
    messageStart = count
    append(bytes: message)
  }

  // MARK: - Attributes

  mutating func put(_ type: some BinaryInteger, _ value: [UInt8]) {
    header(type, value.count)
    value.withUnsafeBytes { append(bytes: $0) }
    pad()
  }

  /// A number in network order.
  mutating func put(
    _ type: some BinaryInteger, number: some FixedWidthInteger & BitwiseCopyable
  ) {
    header(type, number.bitWidth / 8)
    append(number.bigEndian)
    pad()
  }

  mutating func put(_ type: some BinaryInteger, text: String) {
    let start = openAttribute(type)
    append(text: text)
    close(start)
    pad()
  }

  mutating func put(_ type: some BinaryInteger, address: IPAddress) {
    switch address.family {
    case .ipv4: put(type, number: UInt32(truncatingIfNeeded: address.bits))
    case .ipv6: put(type, number: address.bits)
    }
  }

  /// The key of a port, each field padded to four bytes.
  mutating func put(_ type: some BinaryInteger, endpoint key: EndpointKey) {
    header(type, key.address.family.width / 8 + 8)
    switch key.address.family {
    case .ipv4: append(UInt32(truncatingIfNeeded: key.address.bits).bigEndian)
    case .ipv6: append(key.address.bits.bigEndian)
    }
    append(UInt32(key.transport.rawValue).littleEndian)
    append(key.port.bigEndian)
    append(UInt16(0))
  }

  /// nft's own data: a list of type, length and value (libnftnl/udata.h); of one text, ended by a
  /// null. Nothing where there is no text.
  mutating func put(_ type: some BinaryInteger, userText text: String?, ofType field: UInt8) {
    guard let text else { return }
    let length = text.utf8.count + 1
    precondition(length <= 255, "a comment has at most 128 bytes")
    header(type, 2 + length)
    append(field)
    append(UInt8(length))
    append(text: text)
    pad()
  }

  mutating func nest(_ type: some BinaryInteger, _ body: (inout MessageWriter) -> Void) {
    let start = openNest(type)
    body(&self)
    close(start)
  }

  /// Begins an attribute of attributes; `close` ends it.
  mutating func openNest(_ type: some BinaryInteger) -> Int {
    openAttribute(UInt16(truncatingIfNeeded: type) | UInt16(NLA_F_NESTED))
  }

  /// - Parameter start: what `openNest` gave.
  mutating func close(_ start: Int) { set(UInt16(count - start), at: start) }

  /// Takes back what was written after `count` was so large.
  mutating func truncate(to count: Int) { self.count = count }

  /// Adds flags to the message that was written last.
  mutating func addFlagsToLastMessage(_ flags: Int32) {
    let offset = messageStart + 6
    let old = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    set(old | UInt16(flags), at: offset)
  }

  // MARK: - Bytes

  private mutating func openAttribute(_ type: some BinaryInteger) -> Int {
    let start = count
    header(type, 0)
    return start
  }

  /// Also makes room for the value and its padding.
  @inline(__always)
  private mutating func header(_ type: some BinaryInteger, _ length: Int) {
    reserve(Attribute.headerLength + length + 3)
    store(UInt16(Attribute.headerLength + length))
    store(UInt16(truncatingIfNeeded: type))
  }

  private mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) }
    append(UInt8(0))
  }

  @inline(__always)
  private mutating func pad() {
    let padding = -count & 3
    if padding == 0 { return }
    reserve(padding)
    for _ in 0..<padding { store(UInt8(0)) }
  }

  @inline(__always)
  private mutating func append(_ number: some FixedWidthInteger & BitwiseCopyable) {
    reserve(number.bitWidth / 8)
    store(number)
  }

  private mutating func append(bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  /// Where there is room.
  @inline(__always)
  private mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    set(number, at: count)
    count += MemoryLayout<Number>.size
  }

  @inline(__always)
  private mutating func set<Number: FixedWidthInteger & BitwiseCopyable>(
    _ number: Number, at offset: Int
  ) {
    memory.storeBytes(of: number, toByteOffset: offset, as: Number.self)
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > memory.count { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(memory.count * 2, count + more), alignment: 16)
    larger.copyMemory(from: bytes)
    memory.deallocate()
    memory = larger
  }
}
