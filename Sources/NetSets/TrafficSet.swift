/// A set of kinds of traffic: ports of the protocols that have them, and all other protocols
/// together, since no policy tells those apart.
package struct TrafficSet: Hashable, Sendable {
  package var tcp: PortSet
  package var udp: PortSet
  package var sctp: PortSet
  /// ICMP and every protocol without a name in policies.
  package var others: Bool

  package init(tcp: PortSet, udp: PortSet, sctp: PortSet, others: Bool) {
    self.tcp = tcp
    self.udp = udp
    self.sctp = sctp
    self.others = others
  }

  package static let empty = TrafficSet(tcp: .empty, udp: .empty, sctp: .empty, others: false)
  package static let all = TrafficSet(tcp: .all, udp: .all, sctp: .all, others: true)

  package subscript(transport: Transport) -> PortSet {
    get {
      switch transport {
      case .tcp: tcp
      case .udp: udp
      case .sctp: sctp
      }
    }
    set {
      switch transport {
      case .tcp: tcp = newValue
      case .udp: udp = newValue
      case .sctp: sctp = newValue
      }
    }
  }

  package var isEmpty: Bool { self == .empty }

  package func union(_ other: TrafficSet) -> TrafficSet {
    combined(other, { $0.union($1) }, others || other.others)
  }

  package func intersection(_ other: TrafficSet) -> TrafficSet {
    combined(other, { $0.intersection($1) }, others && other.others)
  }

  package func subtracting(_ other: TrafficSet) -> TrafficSet {
    combined(other, { $0.subtracting($1) }, others && !other.others)
  }

  private func combined(
    _ other: TrafficSet, _ combine: (PortSet, PortSet) -> PortSet, _ others: Bool
  ) -> TrafficSet {
    TrafficSet(
      tcp: combine(tcp, other.tcp), udp: combine(udp, other.udp), sctp: combine(sctp, other.sctp),
      others: others)
  }
}

extension TrafficSet: CustomStringConvertible {
  /// `everything`, `TCP 80,443 UDP 53`, `TCP, ICMP and other protocols`.
  package var description: String {
    if self == .all { return "everything" }
    var parts = Transport.allCases.compactMap { transport -> String? in
      let ports = self[transport]
      if ports.isEmpty { return nil }
      return ports == .all ? transport.kubernetesName : "\(transport.kubernetesName) \(ports)"
    }
    if others { parts.append("ICMP and other protocols") }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }
}
