import NetSets

extension Transaction {
  /// The transactions that make all of it, one after another; mostly one.
  ///
  /// The kernel reads once which generation of rules a packet meets (nf_tables_core.c,
  /// `nft_do_chain`), but at each lookup which elements of a map are in force (`nft_genmask_cur`). A
  /// packet that began with the old rules may find a verdict of the new ones, and in the old
  /// generation a chain of the same transaction is empty: the packet would fall through to the
  /// hook's policy. So chains are there one transaction before verdicts lead to them. Nothing is
  /// decided otherwise after the first alone.
  package var stages: [Transaction] {
    let additions = Dictionary(grouping: steps, by: \.family).mapValues { Additions($0) }
    guard additions.values.contains(where: \.isLedTo) else { return [self] }
    var first = Transaction(table: table)
    var second = Transaction(table: table, bridge: bridge)
    for step in steps {
      if additions[step.family]?.includes(step.operation) ?? false {
        first.steps.append(step)
      } else {
        second.steps.append(step)
      }
    }
    return [first, second]
  }
}

/// What a transaction adds to a table that is there and that nothing leads to before.
private struct Additions {
  private var chains: Set<String> = []
  private var sets: Set<String> = []
  /// Whether verdicts in a map that is there lead to them.
  private(set) var isLedTo = false

  init(_ steps: [Transaction.Step]) {
    var maps: Set<String> = []
    for step in steps {
      switch step.operation {
      // A table that comes or goes has maps that nobody looks into before.
      case .addTable, .deleteTable:
        self = Additions([])
        return
      case .addChain(let chain) where chain.base == nil: chains.insert(chain.name)
      case .addSet(let set): sets.insert(set.name)
      case .addMap(let map): maps.insert(map.name)
      case .addVerdicts(let map, let elements) where !maps.contains(map):
        isLedTo = isLedTo || elements.contains { leads($0.verdict) }
      case .addChain, .addVerdicts, .addCounter, .deleteCounter, .deleteSet, .deleteMap,
        .deleteChain, .flushChain, .addElements, .deleteElements, .deleteVerdicts, .addRule,
        .deleteRule:
        break
      }
    }
  }

  private func leads(_ verdict: Verdict) -> Bool {
    switch verdict {
    case .goto(let chain), .jump(let chain): chains.contains(chain)
    case .accept, .drop, .return, .lookup, .rejectTCP, .rejectProhibited, .translate: false
    }
  }

  func includes(_ operation: Operation) -> Bool {
    switch operation {
    case .addCounter: isLedTo
    case .addChain(let chain): isLedTo && chains.contains(chain.name)
    case .addSet: isLedTo
    case .addElements(let set, _): isLedTo && sets.contains(set)
    case .addRule(let chain, _, _): isLedTo && chains.contains(chain)
    case .addTable, .deleteTable, .deleteCounter, .deleteSet, .addMap, .deleteMap, .deleteChain,
      .flushChain, .deleteElements, .addVerdicts, .deleteVerdicts, .deleteRule:
      false
    }
  }
}
