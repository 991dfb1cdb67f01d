import Backends
import Diagnostics
import Host
import Netfilter
import PolicyModel

/// Makes records of logged packets, at most so many a second for each namespace, so that one that
/// is busy does not hide the others.
package struct DenyReporter: Sendable {
  private var limit: NamespaceLimit
  /// What is only tried hides nothing that is denied.
  private var auditLimit: NamespaceLimit
  /// Records that were made.
  package private(set) var reported = 0
  /// Packets that were left out, because their namespace had more.
  package private(set) var suppressed = 0
  /// Packets that rules of others sent to the same group.
  package private(set) var foreign = 0

  /// - Parameter perSecond: for a namespace; as many may come at once after a quiet second.
  package init(perSecond: Int = 10) {
    limit = NamespaceLimit(perSecond: perSecond)
    auditLimit = limit
  }

  /// - Parameter directory: knows names and policies.
  /// - Parameter interfaceName: what an interface is called, where the rules are.
  /// - Returns: nil for a packet that is left out, and for one that no rule of ours logged.
  package mutating func record<Directory: AddressDirectory & ~Copyable>(
    of packet: LoggedPacket, at time: Timestamp, by directory: borrowing Directory,
    interfaceName: (LoggedPacket.InterfaceNumber) -> String?
  ) -> DenyRecord? {
    guard let reason = DenyLogging.Reason(prefix: packet.prefix) else {
      foreign += 1
      return nil
    }
    let subject = DenyRecord.subject(packet.header, reason)
    let namespace: String? =
      switch subject.flatMap({ directory.owner(of: $0) }) {
      case .pod(let pod, _): pod.namespace
      // Pods that are not known share what is theirs.
      case .node, nil: nil
      }
    let skipped =
      switch reason {
      case .isolated, .unknownPod: limit.admit(namespace, at: time)
      case .audited: auditLimit.admit(namespace, at: time)
      }
    guard let skipped else {
      suppressed += 1
      return nil
    }
    reported += 1
    return DenyRecord(
      packet, reason, at: time, suppressed: skipped, by: directory, interfaceName: interfaceName)
  }
}
