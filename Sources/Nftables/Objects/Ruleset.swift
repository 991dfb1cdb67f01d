import NetSets

/// Tables of nftables objects, as values. What can be written here is what the printer, the
/// parser and the evaluator know: a new match or statement does not compile until all of them do.
package struct Ruleset: Hashable, Sendable {
  package var tables: [Table]
  /// What is held against the frames of bridges' ports; nil for none.
  package var bridge: BridgeTable?

  package init(tables: [Table], bridge: BridgeTable? = nil) {
    self.tables = tables
    self.bridge = bridge
  }

  package var isEmpty: Bool { tables.isEmpty && bridge == nil }
}

/// One table of family `ip` or `ip6`. Objects print in the order of these arrays.
package struct Table: Hashable, Sendable {
  package let family: IPFamily
  package let name: String
  package var comment: String?
  package var counters: [NamedCounter]
  package var maps: [VerdictMap]
  package var sets: [NamedSet]
  package var chains: [Chain]

  package init(
    family: IPFamily, name: String, comment: String?, counters: [NamedCounter] = [],
    maps: [VerdictMap] = [], sets: [NamedSet] = [], chains: [Chain] = []
  ) {
    self.family = family
    self.name = name
    self.comment = comment
    self.counters = counters
    self.maps = maps
    self.sets = sets
    self.chains = chains
  }
}

/// A counter that rules share by name, and that survives their rewriting.
package struct NamedCounter: Hashable, Sendable {
  package let name: String
  package let comment: String?

  package init(name: String, comment: String?) {
    self.name = name
    self.comment = comment
  }
}

/// A chain; with `base`, one that a hook calls.
package struct Chain: Hashable, Sendable {
  package let name: String
  package let comment: String?
  package let base: BaseChain?
  package var rules: [Rule]

  package init(name: String, comment: String?, base: BaseChain? = nil, rules: [Rule] = []) {
    self.name = name
    self.comment = comment
    self.base = base
    self.rules = rules
  }
}

/// Where in the packet's path a base chain is called. Its policy is `accept`: what no rule decides
/// is not ours to decide.
package struct BaseChain: Hashable, Sendable {
  package let type: ChainType
  package let hook: Hook
  /// Relative to the hook's `filter` priority, 0 (`NF_IP_PRI_FILTER`).
  package let priority: Int

  package init(type: ChainType = .filter, hook: Hook, priority: Int) {
    self.type = type
    self.hook = hook
    self.priority = priority
  }
}

/// What a base chain is asked.
package enum ChainType: String, Hashable, Sendable, CaseIterable {
  /// Of every packet, whether it goes on.
  case filter
  /// Of a connection's first packet, by which addresses it goes on.
  case nat
}

/// The netfilter hooks we use, and the one (`output`) where we have nothing to say.
package enum Hook: String, Hashable, Sendable, CaseIterable {
  case prerouting
  case forward
  case input
  case output
  case postrouting
}
