import NetSets

/// Changes to one table of each family that the kernel makes all at once, or not at all.
package struct Transaction: Hashable, Sendable {
  /// The name of the tables.
  package let table: String
  package var steps: [Step]
  /// What becomes of the bridge table, after all steps; nil when it stays as it is.
  package var bridge: BridgeStep?

  package init(table: String, steps: [Step] = [], bridge: BridgeStep? = nil) {
    self.table = table
    self.steps = steps
    self.bridge = bridge
  }

  package var isEmpty: Bool { steps.isEmpty && bridge == nil }

  /// How many steps there are, of which replacing the bridge table is one.
  package var count: Int { steps.count + (bridge == nil ? 0 : 1) }

  /// A bridge table has few rules, and is made anew with whatever changes.
  package enum BridgeStep: Hashable, Sendable {
    /// `add table`, `delete table`, and the table: no error whether it exists or not.
    case replace(BridgeTable)
    /// `delete table`, which is there.
    case delete
  }

  /// One change in the table of one family.
  package struct Step: Hashable, Sendable {
    package let family: IPFamily
    package let operation: Operation

    package init(_ family: IPFamily, _ operation: Operation) {
      self.family = family
      self.operation = operation
    }
  }
}

/// The kernel's number for a rule, unique in its table and never used again.
package typealias RuleHandle = UInt64

/// A change in nft's own verbs.
package enum Operation: Hashable, Sendable {
  /// `add table`: no error when it exists.
  case addTable(comment: String?)
  /// `delete table`, with everything in it.
  case deleteTable
  case addCounter(NamedCounter)
  case deleteCounter(String)
  /// Without its elements.
  case addSet(NamedSet)
  case deleteSet(String)
  /// Without its elements.
  case addMap(VerdictMap)
  case deleteMap(String)
  /// Without its rules.
  case addChain(Chain)
  /// The chain must be empty.
  case deleteChain(String)
  /// Deletes every rule of the chain.
  case flushChain(String)
  case addElements(set: String, [SetElement])
  case deleteElements(set: String, [SetElement])
  case addVerdicts(map: String, [VerdictElement])
  case deleteVerdicts(map: String, [IPAddress])
  /// `insert rule … position` when it is to stand before another; else `add rule`, at the end.
  case addRule(chain: String, Rule, before: RuleHandle?)
  case deleteRule(chain: String, RuleHandle)
}
