import NetSets

/// All that is ours in a node's iptables and ip6tables, with the sets that their rules name.
package struct PacketFilter: Hashable, Sendable {
  /// Of both families: the kernel has one list of sets.
  package let sets: [IPSet]
  package let tables: [FilterTable]
  /// Of the families in which anything is translated.
  package let translations: [NATTable]

  package init(sets: [IPSet], tables: [FilterTable], translations: [NATTable] = []) {
    self.sets = sets
    self.tables = tables
    self.translations = translations
  }
}

/// Our part of one family's table `filter`. The rest of it belongs to others and stays.
package struct FilterTable: Hashable, Sendable {
  package let family: IPFamily
  package let entrances: [Entrance]
  package let chains: [Chain]

  package init(family: IPFamily, entrances: [Entrance], chains: [Chain]) {
    self.family = family
    self.entrances = entrances
    self.chains = chains
  }
}

/// Our part of one family's table `nat`: a chain that its `POSTROUTING` jumps to.
package struct NATTable: Hashable, Sendable {
  package let family: IPFamily
  /// Whether it is asked before all others of the table, rather than after those that are there.
  package let isFirst: Bool
  package let chain: Chain

  package init(family: IPFamily, isFirst: Bool, chain: Chain) {
    self.family = family
    self.isFirst = isFirst
    self.chain = chain
  }
}

/// The jump from a built-in chain, as its first rule, to the one of ours that is named for it.
package struct Entrance: Hashable, Sendable {
  package let hook: Hook

  package init(_ hook: Hook) { self.hook = hook }

  /// `NPC-FORWARD`
  package var chain: String { PacketFilter.chainPrefix + hook.rawValue }

  /// As a rule of the built-in chain. A jump with more to it is somebody else's.
  package var text: String { "-j \(chain)" }
}

/// The built-in chains we enter, and the one (`output`) where we have nothing to say.
package enum Hook: String, Hashable, Sendable {
  case forward = "FORWARD"
  case input = "INPUT"
  case output = "OUTPUT"
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
