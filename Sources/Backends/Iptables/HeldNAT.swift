import Iptables

extension PacketFilter {
  /// Whether sources are translated by these rules, or kept from being so.
  package var translates: Bool { tables.contains { $0.name == .nat } }

  /// The same rules, by which connections leave as by others: for when it is not known how they
  /// should.
  package func translating(as held: PacketFilter) -> PacketFilter {
    let nat = held.tables.filter { $0.name == .nat }
    let named = Set(nat.flatMap(\.chains).flatMap(\.rules).flatMap(\.matches).compactMap(\.setName))
    return PacketFilter(
      sets: sets.filter { !named.contains($0.name) } + held.sets.filter { named.contains($0.name) },
      tables: tables.filter { $0.name != .nat } + nat)
  }
}

extension Match {
  fileprivate var setName: String? {
    switch self {
    case .addressIn(_, let set, _), .destinationIn(let set): set
    case .connectionState, .notStartOfTCP, .transport, .ports, .address, .icmpv6Type, .limit,
      .outInterface, .local, .sourceNotOnOutInterface:
      nil
    }
  }
}
