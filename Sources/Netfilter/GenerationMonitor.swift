import CNetfilter
import Host

/// Notices every transaction on the nftables of a network namespace, whoever makes it: `nft`,
/// iptables-nft, or another program that speaks netlink. That iptables-legacy changes its rules is
/// not told.
///
/// The kernel tells a transaction object by object, however large, and its end last and by itself.
/// A filter lets only the end into the socket, so that one that rewrites a million elements takes
/// as much room here, and wakes as often, as one of a single rule.
package final class GenerationMonitor {
  private let socket: NetlinkSocket

  /// What has happened since the last call.
  package struct Reading: Hashable, Sendable {
    package var generations: [NewGeneration] = []
    /// Whether there were more, of which nothing is known but that.
    package var hasLost = false

    package var isEmpty: Bool { generations.isEmpty && !hasLost }
  }

  /// - Parameter namespace: whose nftables; nil for the calling thread's.
  /// - Parameter receiveLimit: how much may wait to be read, in bytes as the kernel counts them: some
  ///   hundreds a transaction.
  /// - Throws: `SystemFailure`.
  package init(in namespace: NetworkNamespace? = nil, receiveLimit: Int = 1 << 20) throws {
    socket = try NetlinkSocket(in: namespace, receiveLimit: receiveLimit)
    try socket.admitOnly(type: UInt16(NewGeneration.messageType))
  }

  /// Begins to notice; before that nothing is told. As long as anybody listens, the kernel makes a
  /// message of every element of a transaction, which for a hundred thousand takes it seconds.
  package func listen() throws { try socket.join(group: Int32(NFNLGRP_NFTABLES.rawValue)) }

  /// For poll(2): readable when there is something to read.
  package var descriptor: Int32 { socket.number }

  /// What has come, without waiting.
  package func read() throws(SystemFailure) -> Reading {
    var reading = Reading()
    var generations: [NewGeneration] = []
    reading.hasLost = try socket.drain { message in
      if let generation = NewGeneration(message) { generations.append(generation) }
    }
    reading.generations = generations
    return reading
  }
}

/// The end of a transaction (nf_tables_api.c, `nf_tables_fill_gen_info`).
package struct NewGeneration: Hashable, Sendable {
  /// The number that the ruleset has since.
  package let id: UInt32
  /// The netlink socket that sent it; ours are told by `NetlinkKernel.port`, whatever PID namespace
  /// this process is in.
  package let port: UInt32
  /// Who did it, as the first PID namespace of the machine numbers it; of a process with many
  /// threads, the thread. nil from Linux before 4.13.
  package let process: UInt32?
  /// The first 15 bytes of its name (`TASK_COMM_LEN`); nil from Linux before 4.13.
  package let name: String?

  static let messageType = Int(NFNL_SUBSYS_NFTABLES) << 8 | Int(NFT_MSG_NEWGEN.rawValue)

  /// nil for another message.
  init?(_ message: Message) {
    guard Int(message.header.nlmsg_type) == NewGeneration.messageType,
      let id = message.attribute(NFTA_GEN_ID.rawValue)?.number
    else { return nil }
    self.id = UInt32(truncatingIfNeeded: id)
    port = message.header.nlmsg_pid
    process = message.attribute(NFTA_GEN_PROC_PID.rawValue).map {
      UInt32(truncatingIfNeeded: $0.number)
    }
    name = message.attribute(NFTA_GEN_PROC_NAME.rawValue)?.string
  }
}
