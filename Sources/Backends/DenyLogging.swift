import PolicyModel

/// How denied packets are told of, besides being counted.
package struct DenyLogging: Hashable, Sendable {
  /// The nflog group that they are sent to. Nobody need listen.
  package var group: UInt16
  /// How many are sent in a second, of each kind and family. A flood takes the place of others, so
  /// whoever shares them out by a rule of its own has to be sent more than it needs.
  package var perSecond: Int
  /// How many may come at once after a quiet time.
  package var burst: Int

  package init(group: UInt16 = 100, perSecond: Int = 20, burst: Int = 40) {
    self.group = group
    self.perSecond = perSecond
    self.burst = burst
  }

  /// Why a packet is told of.
  package enum Reason: Hashable, Sendable, CaseIterable {
    /// Its receiver (ingress) or its sender (egress) is isolated, and no rule allows it.
    case isolated(Direction)
    /// The same if policies were more than tried; it passes.
    case audited(Direction)
    /// It has an address of the node's pods that no known pod has.
    case unknownPod

    package static var allCases: [Reason] {
      Direction.allCases.flatMap { [.isolated($0), .audited($0)] } + [.unknownPod]
    }

    /// What the log says in front of the packet.
    package var prefix: String {
      switch self {
      case .isolated(.ingress): "netpolc deny-in "
      case .isolated(.egress): "netpolc deny-eg "
      case .audited(.ingress): "netpolc audit-in "
      case .audited(.egress): "netpolc audit-eg "
      case .unknownPod: "netpolc deny-unknown "
      }
    }

    /// nil for a rule of somebody else.
    package init?(prefix: String) {
      guard let reason = Reason.allCases.first(where: { $0.prefix == prefix }) else { return nil }
      self = reason
    }
  }
}
