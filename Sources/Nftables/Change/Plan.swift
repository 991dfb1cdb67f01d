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
    let difference = old.difference(to: new)
    func step(_ operation: Operation) -> Step { Step(family, operation) }
    let chains = Dictionary(new.chains.map { ($0.name, $0) }) { first, _ in first }
    let oldChains = Dictionary(old.chains.map { ($0.name, $0) }) { first, _ in first }

    for counter in difference.addedCounters { steps.append(step(.addCounter(counter))) }
    for map in difference.maps where map.change == .added {
      steps.append(step(.addMap(VerdictMap(name: map.name, comment: map.comment, elements: []))))
    }
    let sets = Dictionary(new.sets.map { ($0.name, $0) }) { first, _ in first }
    for set in difference.sets where set.change == .added {
      if let added = sets[set.name] { steps.append(step(.addSet(added.withoutElements))) }
    }
    for chain in new.chains where oldChains[chain.name] == nil {
      let empty = Chain(name: chain.name, comment: chain.comment, base: chain.base)
      steps.append(step(.addChain(empty)))
    }
    for set in difference.sets where set.change != .removed && !set.added.isEmpty {
      steps.append(step(.addElements(set: set.name, set.added)))
    }
    var deletions: [Step] = []
    for chain in new.chains {
      let handles = installed.handles[Installed.ChainName(family, chain.name)] ?? []
      let before = oldChains[chain.name]?.rules ?? []
      let edits = RuleEdits(from: before, handles: handles, to: chain.rules)
      for (rule, position) in edits.added {
        steps.append(step(.addRule(chain: chain.name, rule, before: position)))
      }
      deletions += edits.removed.map { step(.deleteRule(chain: chain.name, $0)) }
    }
    for map in difference.maps where map.change != .removed {
      if !map.removed.isEmpty {
        steps.append(step(.deleteVerdicts(map: map.name, map.removed.map(\.address))))
      }
      if !map.added.isEmpty { steps.append(step(.addVerdicts(map: map.name, map.added))) }
    }
    steps += deletions
    // Chains jump to each other: all are emptied before any goes.
    let goneChains = old.chains.filter { chains[$0.name] == nil }
    steps += goneChains.map { step(.flushChain($0.name)) }
    let goneMaps = difference.maps.filter { $0.change == .removed }
    steps += goneMaps.map { step(.deleteMap($0.name)) }
    steps += goneChains.map { step(.deleteChain($0.name)) }
    for set in difference.sets where set.change == .changed && !set.removed.isEmpty {
      steps.append(step(.deleteElements(set: set.name, set.removed)))
    }
    steps += difference.sets.filter { $0.change == .removed }.map { step(.deleteSet($0.name)) }
    steps += difference.removedCounters.map { step(.deleteCounter($0.name)) }
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

extension NamedSet {
  /// The set as it is declared.
  package var withoutElements: NamedSet {
    let empty: SetContent =
      switch content {
      case .addresses: .addresses([])
      case .endpoints: .endpoints([])
      case .intervals: .intervals([])
      case .flows: content
      }
    return NamedSet(name: name, comment: comment, content: empty)
  }
}

/// The fewest rules to add and remove so that a chain holds the new ones in their order.
struct RuleEdits {
  private(set) var added: [(rule: Rule, before: RuleHandle?)] = []
  private(set) var removed: [RuleHandle] = []

  init(from old: [Rule], handles: [RuleHandle], to new: [Rule]) {
    precondition(old.count == handles.count || handles.isEmpty, "every installed rule has a handle")
    let before = old.map(\.identity)
    let after = new.map(\.identity)
    if before == after { return }
    let difference = after.difference(from: before)
    var goneOffsets: Set<Int> = []
    var newOffsets: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): goneOffsets.insert(offset)
      case .insert(let offset, _, _): newOffsets.insert(offset)
      }
    }
    removed = goneOffsets.sorted().map { handles[$0] }
    let kept = old.indices.filter { !goneOffsets.contains($0) }
    var nextKept = 0
    for (offset, rule) in new.enumerated() {
      if newOffsets.contains(offset) {
        added.append((rule, nextKept < kept.count ? handles[kept[nextKept]] : nil))
      } else {
        nextKept += 1
      }
    }
  }
}
