import CNetfilter
import Glibc
import Host
import NetSets
import Nftables

/// The nftables of a network namespace, over netlink.
///
/// Not to be shared between threads: it waits for its answers on one socket.
package final class NetlinkKernel: Kernel {
  let socket: NetlinkSocket

  /// - Parameter namespace: where the socket is opened, and stays; nil for the calling thread's.
  package init(in namespace: NetworkNamespace? = nil) throws {
    socket = try NetlinkSocket(in: namespace)
  }

  /// What `NewGeneration.port` says of transactions that are made with this value.
  package var port: UInt32 { socket.port }

  /// Makes all changes in one batch, or none.
  ///
  /// To try is to send the batch without its end. Linux 6.18 then finds all but jumps that are too
  /// deep or lead back, as `nft -c` does; `Ruleset.problems` finds those.
  package func commit(
    _ transaction: Transaction, onGeneration generation: UInt32, isDryRun: Bool
  ) throws(KernelFailure) {
    try commit(Batch(transaction, onGeneration: generation, isDryRun: isDryRun))
  }

  /// Sends what is encoded already.
  package func commit(_ batch: borrowing Batch) throws(KernelFailure) {
    // The kernel does not answer a batch without messages.
    if batch.isEmpty { return }
    do throws(SystemFailure) {
      // What was said about an earlier batch is nothing to this one.
      while try receive({ _ in }) {}
      try socket.send(batch.bytes)
    } catch {
      throw KernelFailure(code: error.code, reason: "\(error)")
    }
    try readAnswer(batch)
  }

  /// The kernel has answered by now: the last message at least, and every one that it refused.
  private func readAnswer(_ batch: borrowing Batch) throws(KernelFailure) {
    var wasAcknowledged = false
    var wasLost = false
    var refusals: [Refusal] = []
    let last = batch.lastSequence
    while true {
      do throws(SystemFailure) {
        let isMore = try receive { message in
          // After the last message there is only the end of the batch.
          guard Int32(message.header.nlmsg_type) == NLMSG_ERROR,
            message.header.nlmsg_seq <= last + 1
          else { return }
          if message.errorCode != 0 {
            refusals.append(Refusal(message))
          } else if message.header.nlmsg_seq == last {
            wasAcknowledged = true
          }
        }
        if !isMore { break }
      } catch {
        guard error.code == ENOBUFS else {
          throw KernelFailure(code: error.code, reason: "\(error)")
        }
        wasLost = true
      }
    }
    // What was refused first is the reason why others were.
    if let first = refusals.min(by: { $0.sequence < $1.sequence }) {
      guard let step = batch.step(ofSequence: first.sequence) else {
        throw KernelFailure(code: first.code, reason: first.reason)
      }
      throw .refused(step: step, code: first.code, reason: first.reason)
    }
    if wasLost || !wasAcknowledged { throw .unknown }
  }

  private func receive(_ body: (Message) -> Void) throws(SystemFailure) -> Bool {
    try socket.receive(waits: false, body)
  }
}

/// What the kernel said of a message that it did not take.
private struct Refusal {
  let sequence: UInt32
  let code: Int32
  let reason: String

  init(_ message: Message) {
    sequence = message.header.nlmsg_seq
    code = message.errorCode
    reason = message.errorText ?? String(cString: strerror(code))
  }
}

extension KernelFailure {
  /// A batch or a request that failed as a whole.
  package init(code: Int32, reason: String) {
    self =
      switch code {
      case ERESTART: .stale
      case ENOBUFS: .unknown
      case EPERM:
        .unable(
          code: code,
          reason: """
            the firewall of a network namespace needs CAP_NET_ADMIN in it: run as root, or give \
            the container the capability NET_ADMIN
            """)
      default: .unable(code: code, reason: reason)
      }
  }

  init(_ failure: RequestFailure) {
    self =
      switch failure {
      case .refused(let code): KernelFailure(code: code, reason: String(cString: strerror(code)))
      case .interrupted: .stale
      case .lost: .unknown
      case .system(let failure): KernelFailure(code: failure.code, reason: "\(failure)")
      }
  }
}
