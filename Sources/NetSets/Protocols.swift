/// An IP protocol by its number (IANA "Assigned Internet Protocol Numbers").
package struct IPProtocol: Hashable, Sendable, Comparable {
  package let number: UInt8

  package init(number: UInt8) { self.number = number }

  package static let icmp = IPProtocol(number: 1)
  package static let tcp = IPProtocol(number: 6)
  package static let udp = IPProtocol(number: 17)
  package static let icmpv6 = IPProtocol(number: 58)
  package static let sctp = IPProtocol(number: 132)

  package static func < (left: IPProtocol, right: IPProtocol) -> Bool { left.number < right.number }
}

/// The protocols a policy can name: those with ports.
package enum Transport: UInt8, Hashable, Sendable, CaseIterable, Comparable {
  case tcp = 6
  case udp = 17
  case sctp = 132

  package var ipProtocol: IPProtocol { IPProtocol(number: rawValue) }

  /// As Kubernetes writes it.
  package var kubernetesName: String {
    switch self {
    case .tcp: "TCP"
    case .udp: "UDP"
    case .sctp: "SCTP"
    }
  }

  /// As nft writes it.
  package var nftName: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    case .sctp: "sctp"
    }
  }

  /// From Kubernetes' spelling, which is upper case only.
  package init?(kubernetesName: some StringProtocol) {
    guard let transport = Transport.allCases.first(where: { $0.kubernetesName == kubernetesName })
    else { return nil }
    self = transport
  }

  package static func < (left: Transport, right: Transport) -> Bool {
    left.rawValue < right.rawValue
  }
}
