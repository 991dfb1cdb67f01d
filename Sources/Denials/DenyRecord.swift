import Backends
import Diagnostics
import Host
import NetSets
import Netfilter
import PolicyModel

/// A packet that was denied, or would be if policies were more than tried, with names for what its
/// addresses and its rule stand for.
package struct DenyRecord: Hashable, Sendable {
  package let time: Timestamp
  package let reason: DenyLogging.Reason
  package let source: End
  package let destination: End
  package let header: PacketHeader
  /// By name; nil for a packet that this machine sent.
  package let inInterface: String?
  /// By name; nil for a packet that is for this machine.
  package let outInterface: String?
  /// Those that isolate the pod which the packet was denied for; none for an address of no known
  /// pod, and for a pod whose policies went between the packet and this record.
  package let policies: [IsolatingPolicy]
  /// How many of the same namespace were left out since the record before.
  package let suppressed: Int

  package struct End: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16?
    package let owner: AddressOwner?

    /// nil where it is none, or none that is known.
    package var pod: ObjectReference? {
      if case .pod(let pod, _) = owner { pod } else { nil }
    }
  }

  /// The end whose isolation denied the packet; nil when it is not known which.
  static func subject(_ header: PacketHeader, _ reason: DenyLogging.Reason) -> IPAddress? {
    switch reason {
    case .isolated(.ingress), .audited(.ingress): header.destination
    case .isolated(.egress), .audited(.egress): header.source
    case .unknownPod: nil
    }
  }

  /// The end whose isolation denied it, or would, and the other one; nil when it is not isolation.
  package var ends: (subject: End, peer: End)? {
    switch reason {
    case .isolated(.ingress), .audited(.ingress): (destination, source)
    case .isolated(.egress), .audited(.egress): (source, destination)
    case .unknownPod: nil
    }
  }

  init<Directory: AddressDirectory & ~Copyable>(
    _ packet: LoggedPacket, _ reason: DenyLogging.Reason, at time: Timestamp, suppressed: Int,
    by directory: borrowing Directory, interfaceName: (LoggedPacket.InterfaceNumber) -> String?
  ) {
    let header = packet.header
    self.time = time
    self.reason = reason
    self.header = header
    self.suppressed = suppressed
    source = End(
      address: header.source, port: header.ports?.source,
      owner: directory.owner(of: header.source))
    destination = End(
      address: header.destination, port: header.ports?.destination,
      owner: directory.owner(of: header.destination))
    inInterface = packet.inInterface.flatMap(interfaceName)
    outInterface = packet.outInterface.flatMap(interfaceName)
    let subject = Self.subject(header, reason)
    policies =
      switch (reason, subject) {
      case (.isolated(let direction), let subject?):
        directory.policies(isolating: subject, direction)
      case (.audited(let direction), let subject?):
        directory.policies(auditing: subject, direction)
      case (.isolated, nil), (.audited, nil), (.unknownPod, _): []
      }
  }
}
