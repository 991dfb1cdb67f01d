import CNetfilter
import Glibc
import Host
import Nftables

/// Receives the packets that rules send to an nflog group, as long as the value lives.
///
/// The group belongs to one reader at a time, in each network namespace. Nothing is kept for a
/// reader that comes later.
package final class PacketLog {
  private let socket: NetlinkSocket
  /// The number that the next record has, if none is lost.
  private var expected: UInt32 = 0

  /// What has come since the last call.
  package struct Reading: Hashable, Sendable {
    package var packets: [LoggedPacket] = []
    /// Records that were lost before the last of these, because they were not read in time. Those
    /// after it are counted when the next comes.
    package var lost = 0

    package var isEmpty: Bool { packets.isEmpty && lost == 0 }
  }

  /// Enough of a packet for every header that says who sends what to whom, in bytes: those of IPv6
  /// with a few options, and the ports.
  private static let copied: UInt32 = 256
  /// How long a record may wait for others to be sent together, in hundredths of a second.
  private static let patience: UInt32 = 5
  /// With how many records the kernel waits no longer.
  private static let together: UInt32 = 16

  /// Needs CAP_NET_ADMIN in the namespace.
  ///
  /// - Parameter namespace: where the rules are; nil for the calling thread's.
  /// - Parameter receiveLimit: how much may wait to be read, in bytes as the kernel counts them.
  /// - Throws: `KernelFailure`, with EBUSY when somebody reads the group already; `SystemFailure`.
  package init(
    group: UInt16, in namespace: NetworkNamespace? = nil, receiveLimit: Int = 4 << 20
  ) throws {
    socket = try NetlinkSocket(in: namespace, receiveLimit: receiveLimit)
    do throws(RequestFailure) {
      _ = try socket.ask(PacketLog.configure, resource: group) { request in
        request.put(NFULA_CFG_CMD.rawValue, [UInt8(NFULNL_CFG_CMD_BIND.rawValue)])
        // `struct nfulnl_msg_config_mode`
        let range = withUnsafeBytes(of: PacketLog.copied.bigEndian) { Array($0) }
        request.put(NFULA_CFG_MODE.rawValue, range + [UInt8(NFULNL_COPY_PACKET), 0])
        request.put(NFULA_CFG_TIMEOUT.rawValue, number: PacketLog.patience)
        request.put(NFULA_CFG_QTHRESH.rawValue, number: PacketLog.together)
        request.put(NFULA_CFG_FLAGS.rawValue, number: UInt16(NFULNL_CFG_F_SEQ))
      }
    } catch {
      throw failure(error, group)
    }
  }

  /// For poll(2): readable when there is something to read.
  package var descriptor: Int32 { socket.number }

  /// What has come, or comes within a time when nothing has. That something was lost ends nothing.
  package func read(within milliseconds: Int32 = 0) throws(SystemFailure) -> Reading {
    if milliseconds > 0, !socket.waits(milliseconds: milliseconds) { return Reading() }
    var reading = Reading()
    var expected = expected
    _ = try socket.drain { message in
      guard let sequence = LoggedPacket.sequence(message) else { return }
      reading.lost += Int(sequence &- expected)
      expected = sequence &+ 1
      if let packet = LoggedPacket(message) { reading.packets.append(packet) }
    }
    self.expected = expected
    return reading
  }

  private static let configure =
    Int(NFNL_SUBSYS_ULOG) << 8 | Int(NFULNL_MSG_CONFIG.rawValue)

  /// Why the group could not be had, in words.
  private func failure(_ failure: RequestFailure, _ group: UInt16) -> KernelFailure {
    switch failure {
    // nfnetlink_log.c, `nfulnl_recv_config`, says the same of a group that another socket has as
    // nfnetlink.c of one who may not ask for anything.
    case .refused(EPERM) where isAllowed:
      .unable(
        code: EBUSY,
        reason: """
          another process reads nflog group \(group) already; stop it, or have the rules and the \
          reader use another group
          """)
    // nfnetlink.c, `nfnetlink_rcv_msg`: nobody has registered for such messages.
    case .refused(EINVAL):
      .unable(
        code: EINVAL, reason: "the kernel logs no packets: it lacks the module nfnetlink_log")
    default: KernelFailure(failure)
    }
  }

  /// Whether netfilter listens to this socket at all.
  private var isAllowed: Bool {
    let type = Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(NFT_MSG_GETGEN.rawValue)
    return (try? socket.ask(type) { _ in }) != nil
  }
}
