import NetSets

extension Transaction {
  /// The least that makes what is installed into what is wanted: objects and elements that are the
  /// same stay untouched, rules with their handles and counters.
  ///
  /// New things come before what uses them, and old ones go after: sets, chains, elements, rules,
  /// verdicts; then verdicts, rules, chains, elements, sets.
  package init(from installed: Installed, to wanted: Ruleset, table: String) {
    self.init(table: table)
    for family in IPFamily.allCases {
      let old = installed.ruleset.tables.first { $0.family == family }
      let new = wanted.tables.first { $0.family == family }
      switch (old, new) {
      case (nil, nil): break
      case (.some, nil): steps.append(Step(family, .deleteTable))
      case (nil, .some(let new)): add(new)
      case (.some(let old), .some(let new)):
        if old.mustBeReplaced(by: new) {
          // In the same transaction, so that there is no moment without either.
          steps.append(Step(family, .deleteTable))
          add(new)
        } else {
          change(old, to: new, installed)
        }
      }
    }
    if BridgeTable.difference(from: installed.ruleset.bridge, to: wanted.bridge) != nil {
      bridge = wanted.bridge.map { .replace($0) } ?? .delete
    }
  }

  /// A whole table.
  private mutating func add(_ table: Table) {
    let family = table.family
    steps.append(Step(family, .addTable(comment: table.comment)))
    let empty = Table(family: family, name: table.name, comment: nil)
    change(empty, to: table, Installed(generation: 0, ruleset: Ruleset(tables: []), handles: [:]))
  }

  private mutating func change(_ old: Table, to new: Table, _ installed: Installed) {
    let family = new.family
    let setDifferences = old.setDifferences(to: new)
    let mapDifferences = old.mapDifferences(to: new)
    func step(_ operation: Operation) -> Step { Step(family, operation) }
    let chains = Dictionary(new.chains.map { ($0.name, $0) }) { first, _ in first }
    let oldChains = Dictionary(old.chains.map { ($0.name, $0) }) { first, _ in first }

    steps += new.counters(in: new, missingIn: old).map { step(.addCounter($0)) }
    for map in mapDifferences where map.change == .added {
      let empty = VerdictMap(name: map.name, comment: map.comment, elements: [])
      steps.append(step(.addMap(empty)))
    }
    let sets = Dictionary(new.sets.map { ($0.name, $0) }) { first, _ in first }
    for set in setDifferences where set.change == .added {
      if let added = sets[set.name] { steps.append(step(.addSet(added.withoutElements))) }
    }
    for chain in new.chains where oldChains[chain.name] == nil {
      steps.append(step(.addChain(chain.withoutRules)))
    }
    // Ranges must not overlap, not even with those that go: they go first.
    let intervals = Set(old.sets.filter(\.hasIntervals).map(\.name))
    func deletions(_ isWanted: (SetDifference) -> Bool) -> [Step] {
      setDifferences.filter { $0.change == .changed && !$0.removed.isEmpty && isWanted($0) }
        .map { step(.deleteElements(set: $0.name, $0.removed)) }
    }
    steps += deletions { intervals.contains($0.name) }
    for set in setDifferences where set.change != .removed && !set.added.isEmpty {
      steps.append(step(.addElements(set: set.name, set.added)))
    }
    var oldRules: [Step] = []
    for chain in new.chains {
      let handles = installed.handles[Installed.ChainName(family, chain.name)] ?? []
      let before = oldChains[chain.name]?.rules ?? []
      let edits = RuleEdits(from: before, handles: handles, to: chain.rules)
      for (rule, position) in edits.added {
        steps.append(step(.addRule(chain: chain.name, rule, before: position)))
      }
      oldRules += edits.removed.map { step(.deleteRule(chain: chain.name, $0)) }
    }
    for map in mapDifferences where map.change != .removed {
      if !map.removed.isEmpty {
        steps.append(step(.deleteVerdicts(map: map.name, map.removed.map(\.address))))
      }
      if !map.added.isEmpty { steps.append(step(.addVerdicts(map: map.name, map.added))) }
    }
    steps += oldRules
    // Chains jump to each other: all are emptied before any goes.
    let goneChains = old.chains.filter { chains[$0.name] == nil }
    steps += goneChains.map { step(.flushChain($0.name)) }
    let goneMaps = mapDifferences.filter { $0.change == .removed }
    steps += goneMaps.map { step(.deleteMap($0.name)) }
    steps += goneChains.map { step(.deleteChain($0.name)) }
    steps += deletions { !intervals.contains($0.name) }
    steps += setDifferences.filter { $0.change == .removed }.map { step(.deleteSet($0.name)) }
    steps += old.counters(in: old, missingIn: new).map { step(.deleteCounter($0.name)) }
  }
}

extension Table {
  /// Whether an object that both have differs in what the kernel cannot change: the hook of a base
  /// chain, the type of a set.
  fileprivate func mustBeReplaced(by new: Table) -> Bool {
    let chains = Dictionary(chains.map { ($0.name, $0.base) }) { first, _ in first }
    let sets = Dictionary(sets.map { ($0.name, $0.withoutElements.content) }) { first, _ in first }
    return new.chains.contains { chain in chains[chain.name].map { $0 != chain.base } ?? false }
      || new.sets.contains { set in
        sets[set.name].map { $0 != set.withoutElements.content } ?? false
      }
  }
}
