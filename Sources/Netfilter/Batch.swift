import CNetfilter
import NetSets
import Nftables

/// The messages of one transaction. The kernel takes them in one datagram, runs them, and makes
/// what they did visible all at once when it finds the message that ends the batch.
///
/// Elements and rules, of which there are many, are written straight into the memory that is sent;
/// libnftnl writes the rest.
package struct Batch: ~Copyable {
  private var writer: MessageWriter
  /// The step that each message belongs to.
  private var steps: [Int] = []
  private var lastSetID: UInt32 = 0
  /// Where libnftnl writes one message; nil until it has one to write.
  private var scratch: UnsafeMutableRawBufferPointer?

  /// Ample for names of 255 bytes and comments of 128; libnftnl writes without a bound.
  private static let longestObject = 4096

  /// - Parameters:
  ///   - generation: with which the kernel refuses the batch when it has moved on
  ///     (`NFNL_BATCH_GENID`).
  ///   - capacity: the bytes that it will take, more or less.
  init(generation: UInt32, capacity: Int = 4096) {
    writer = MessageWriter(capacity: capacity)
    writer.begin(
      type: Int(NFNL_MSG_BATCH_BEGIN), flags: 0, sequence: 0, resource: UInt16(NFNL_SUBSYS_NFTABLES)
    )
    writer.put(NFNL_BATCH_GENID.rawValue, number: generation)
    writer.end()
  }

  /// All of a transaction, ready to be sent.
  package init(
    _ transaction: Transaction, onGeneration generation: UInt32, isDryRun: Bool
  ) {
    // Most are rules of some hundred bytes. Memory that is not written to costs nothing.
    self.init(generation: generation, capacity: 4096 + transaction.steps.count * 1024)
    for (index, step) in transaction.steps.enumerated() {
      add(step.operation, step.family, table: transaction.table, step: index)
    }
    if let bridge = transaction.bridge {
      add(bridge, table: transaction.table, step: transaction.steps.count)
    }
    if !isEmpty { finish(isDryRun: isDryRun) }
  }

  deinit { scratch?.deallocate() }

  var bytes: UnsafeRawBufferPointer { writer.bytes }

  var isEmpty: Bool { steps.isEmpty }

  /// The number of the last message, of which alone an answer is asked for: answers to all would
  /// not fit the socket.
  var lastSequence: UInt32 { UInt32(steps.count) }

  /// The step of the message with that number; nil for the begin of the batch.
  func step(ofSequence sequence: UInt32) -> Int? {
    let index = Int(sequence) - 1
    return steps.indices.contains(index) ? steps[index] : nil
  }

  mutating func newSetID() -> UInt32 {
    lastSetID += 1
    return lastSetID
  }

  /// Adds a message, whose attributes `body` writes.
  mutating func add(
    _ type: nf_tables_msg_types, _ family: UInt8, flags: Int32 = 0, step: Int,
    _ body: (inout MessageWriter) -> Void
  ) {
    steps.append(step)
    writer.begin(
      type: Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(type.rawValue), flags: flags,
      sequence: UInt32(steps.count), family: family)
    body(&writer)
    writer.end()
  }

  /// Adds a message, whose attributes libnftnl writes.
  mutating func addObject(
    _ type: nf_tables_msg_types, _ family: UInt8, flags: Int32 = 0, step: Int,
    _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void
  ) {
    steps.append(step)
    let scratch =
      self.scratch ?? .allocate(byteCount: Batch.longestObject, alignment: 16)
    self.scratch = scratch
    // libmnl 1.0.4 leaves the padding of attributes as it finds it.
    scratch.initializeMemory(as: UInt8.self, repeating: 0)
    guard
      let header = nftnl_nlmsg_build_hdr(
        scratch.baseAddress, UInt16(type.rawValue), UInt16(family), UInt16(flags),
        UInt32(steps.count))
    else { preconditionFailure("there is scratch space") }
    body(header)
    writer.append(
      message: UnsafeRawBufferPointer(rebasing: scratch[..<Int(header.pointee.nlmsg_len)]))
  }

  /// Asks for the answer, and ends the batch. Without its end the kernel checks everything, answers
  /// and makes nothing of it (nfnetlink.c, `NFNL_ABORT_VALIDATE`), which is what `nft -c` does.
  mutating func finish(isDryRun: Bool) {
    writer.addFlagsToLastMessage(NLM_F_ACK)
    if isDryRun { return }
    writer.begin(
      type: Int(NFNL_MSG_BATCH_END), flags: 0, sequence: lastSequence + 1,
      resource: UInt16(NFNL_SUBSYS_NFTABLES))
    writer.end()
  }
}
