import NetSets

/// All that is ours in a node's iptables and ip6tables, with the sets that their rules name.
package struct PacketFilter: Hashable, Sendable {
  /// Of both families: the kernel has one list of sets.
  package let sets: [IPSet]
  /// At most one a family and name.
  package let tables: [OwnTable]

  package init(sets: [IPSet], tables: [OwnTable]) {
    self.sets = sets
    self.tables = tables
  }

  /// nil where nothing of ours is in it.
  package func table(_ family: IPFamily, _ name: TableName = .filter) -> OwnTable? {
    tables.first { $0.family == family && $0.name == name }
  }
}

/// The tables of iptables that we have rules in.
package enum TableName: String, Hashable, Sendable, CaseIterable {
  /// What may pass.
  case filter
  /// By which source connections leave.
  case nat

  /// What translates is there before what lets pass: no connection opens in between that would keep
  /// another source than either side of the change gives it.
  static let inOrderOfChange: [TableName] = [.nat, .filter]
}

/// Our part of one of a family's tables. The rest of it belongs to others and stays.
package struct OwnTable: Hashable, Sendable {
  package let name: TableName
  package let family: IPFamily
  package let entrances: [Entrance]
  package let chains: [Chain]

  package init(
    _ name: TableName = .filter, family: IPFamily, entrances: [Entrance], chains: [Chain]
  ) {
    self.name = name
    self.family = family
    self.entrances = entrances
    self.chains = chains
  }
}

/// The jump from a built-in chain to the one of ours that is entered there.
package struct Entrance: Hashable, Sendable {
  package let hook: Hook
  package let place: Place

  package enum Place: Hashable, Sendable {
    /// Before all rules of others.
    case first
    /// After those that are there.
    case last
  }

  package init(_ hook: Hook, _ place: Place = .first) {
    self.hook = hook
    self.place = place
  }

  /// `NPC-FORWARD`
  package var chain: String {
    switch hook {
    case .forward, .input, .output: PacketFilter.chainPrefix + hook.rawValue
    case .postrouting: PacketFilter.translationChain
    }
  }

  /// As a rule of the built-in chain. A jump with more to it is somebody else's.
  package var text: String { "-j \(chain)" }
}

/// The built-in chains we enter, and the one (`output`) where we have nothing to say.
package enum Hook: String, Hashable, Sendable, CaseIterable {
  case forward = "FORWARD"
  case input = "INPUT"
  case output = "OUTPUT"
  case postrouting = "POSTROUTING"

  /// Where we enter it: table `nat` has chains `INPUT` and `OUTPUT` too.
  package var table: TableName {
    switch self {
    case .forward, .input, .output: .filter
    case .postrouting: .nat
    }
  }
}

package struct Chain: Hashable, Sendable {
  package let name: String
  package var rules: [Rule]

  package init(name: String, rules: [Rule]) {
    self.name = name
    self.rules = rules
  }
}

extension PacketFilter {
  /// What our chains and sets are known by. Whatever has another name is never touched.
  package static let chainPrefix = "NPC-"
  package static let setPrefix = "npc-"
  /// The one of table nat.
  package static let translationChain = "NPC-MASQ"
}
