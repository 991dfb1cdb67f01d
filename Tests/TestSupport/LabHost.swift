import NetSets

/// A machine of the laboratory: a pod, or something outside the cluster. The laboratory sees no
/// difference; the ruleset does, by address.
package struct LabHost: Hashable, Sendable {
  /// How a host's link meets the node.
  package enum Attachment: Hashable, Sendable {
    /// A link of its own and a host route, as Calico does: every packet is forwarded.
    case routed
    /// A port of one bridge on the node, as the bridge plugin and flannel do: packets between two
    /// such hosts are switched, and meet IP rules only by `br_netfilter`.
    case bridged
  }

  package let name: String
  package let addresses: [IPAddress]
  package let attachment: Attachment

  package init(_ name: String, _ addresses: [IPAddress], attachment: Attachment = .routed) {
    self.name = name
    self.addresses = addresses
    self.attachment = attachment
  }
}

/// Where a packet can be received.
package struct LabReceiver: Hashable, Sendable, CustomStringConvertible {
  package let address: IPAddress
  package let port: UInt16

  package init(_ address: IPAddress, _ port: UInt16) {
    self.address = address
    self.port = port
  }

  package var description: String {
    address.family == .ipv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}

/// One question to the laboratory: does this get through?
package struct LabAttempt: Hashable, Sendable {
  package enum Probe: Hashable, Sendable {
    /// TCP: a connection is established. UDP: a datagram is received. SCTP: an INIT is received.
    case transport(Transport, port: UInt16)
    /// ICMP or ICMPv6 echo: a reply comes back.
    case echo
  }

  package let probe: Probe
  /// The sending host's name; `Laboratory.nodeName` for the node.
  package let from: String
  /// The address it sends from; nil for its first of the family of `to`.
  package let fromAddress: IPAddress?
  package let to: IPAddress
  /// Who may receive it. An attempt at a service's address lists the pods behind it; an attempt
  /// at an address nobody has is sent all the same. For TCP these listen, but a connection that
  /// is translated to the listener of another attempt made at the same time is not told apart.
  package let receivers: [LabReceiver]

  /// - Parameter receivers: nil for `to` and `port`.
  package init(
    _ transport: Transport, from: String, fromAddress: IPAddress? = nil, to: IPAddress,
    port: UInt16, receivers: [LabReceiver]? = nil
  ) {
    self.probe = .transport(transport, port: port)
    self.from = from
    self.fromAddress = fromAddress
    self.to = to
    self.receivers = receivers ?? [LabReceiver(to, port)]
  }

  /// An echo request.
  package init(echoFrom from: String, fromAddress: IPAddress? = nil, to: IPAddress) {
    self.probe = .echo
    self.from = from
    self.fromAddress = fromAddress
    self.to = to
    self.receivers = []
  }
}

extension LabAttempt: CustomStringConvertible {
  package var description: String {
    let source = fromAddress.map { "\(from) (\($0))" } ?? from
    switch probe {
    case .transport(let transport, let port):
      return "\(transport.kubernetesName) \(source) -> \(LabReceiver(to, port))"
    case .echo: return "echo \(source) -> \(to)"
    }
  }
}

/// Why the laboratory could not do as it was asked.
package struct LaboratoryFailure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
