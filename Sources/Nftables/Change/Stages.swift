import NetSets

extension Transaction {
  /// The transactions that make all of it, one after another, so that every packet is decided by
  /// what was before or by what is afterwards; mostly one.
  ///
  /// The kernel reads once which generation of rules a packet meets (nf_tables_core.c,
  /// `nft_do_chain`), but at each lookup which elements of a map are in force (`nft_genmask_cur`). A
  /// packet that began with the old rules may find a verdict of the new ones, and follow it through
  /// the old rules: through none, if the chain is of the same transaction. So what a verdict leads to
  /// is there one transaction before it, and stays as it is while the verdict comes. Where rules
  /// change that a new verdict leads to, it leads to a copy of them as they will be, until they are.
  ///
  /// - Parameter rules: those that a chain has after all of it.
  package func stages(
    rules: (Installed.ChainName) -> [Rule]
  ) -> [Transaction] {
    var stagings: [IPFamily: Staging] = [:]
    for (family, steps) in Dictionary(grouping: steps, by: \.family) {
      guard
        let staging = Staging(
          steps.map(\.operation), rules: { rules(Installed.ChainName(family, $0)) })
      else { continue }
      stagings[family] = staging
    }
    if stagings.isEmpty { return [self] }
    var first = Transaction(table: table)
    var second = Transaction(table: table, bridge: bridge)
    var third = Transaction(table: table)
    for step in steps {
      let staging = stagings[step.family]
      if staging?.isFirst(step.operation) ?? false {
        first.steps.append(step)
      } else {
        second.steps.append(Step(step.family, staging?.toCopies(step.operation) ?? step.operation))
      }
    }
    for family in IPFamily.allCases {
      guard let staging = stagings[family] else { continue }
      first.steps += staging.copying.map { Step(family, $0) }
      third.steps += staging.fromCopies(steps.filter { $0.family == family }.map(\.operation))
        .map { Step(family, $0) }
    }
    return [first, second, third].filter { !$0.isEmpty }
  }
}

extension Transaction {
  /// - Parameter wanted: what is there after all of it.
  package func stages(to wanted: Ruleset) -> [Transaction] {
    var chains: [Installed.ChainName: [Rule]] = [:]
    for table in wanted.tables {
      for chain in table.chains { chains[.init(table.family, chain.name)] = chain.rules }
    }
    return stages { chains[$0] ?? [] }
  }
}

/// How one family's changes are made in turn.
private struct Staging {
  /// Chains and sets that a first transaction adds; nothing leads to them before.
  private var chains: Set<String> = []
  private var sets: Set<String> = []
  /// Maps that are made with their elements, and that nobody looks into before.
  private var maps: Set<String> = []
  /// By the chain that each is a copy of.
  private var copies: [String: Chain] = [:]

  /// - Returns: nil when one transaction does it.
  init?(_ operations: [Operation], rules: (String) -> [Rule]) {
    var changed: Set<String> = []
    var gone: Set<String> = []
    for operation in operations {
      switch operation {
      // A table that comes or goes has maps that nobody looks into before.
      case .addTable, .deleteTable: return nil
      case .addChain(let chain) where chain.base == nil: chains.insert(chain.name)
      case .addSet(let set): sets.insert(set.name)
      case .addMap(let map): maps.insert(map.name)
      case .addRule(let chain, _, _), .deleteRule(let chain, _): changed.insert(chain)
      case .deleteChain(let name): gone.insert(name)
      case .addChain, .addCounter, .deleteCounter, .deleteSet, .deleteMap, .flushChain,
        .addElements, .deleteElements, .addVerdicts, .deleteVerdicts:
        break
      }
    }
    let verdicts = operations.flatMap { newVerdicts($0).elements.map(\.verdict) }
    let targets = Set(verdicts.compactMap(\.chain))
    changed.subtract(chains)
    if !changed.isEmpty {
      var ways = Ways(to: changed)
      let copied = targets.flatMap { ways.chains(from: $0, rules) }
      addCopies(of: Set(copied).sorted(), besides: gone, rules)
    }
    if copies.isEmpty, targets.isDisjoint(with: chains) { return nil }
  }

  /// - Parameter left: chains that go, among which may be copies whose removal failed.
  private mutating func addCopies(
    of names: [String], besides left: Set<String>, _ rules: (String) -> [Rule]
  ) {
    var free = (1...).lazy.map { "next-\($0)" }.filter { !left.contains($0) }.makeIterator()
    for name in names {
      guard let copy = free.next() else { preconditionFailure("there is always a next number") }
      copies[name] = Chain(name: copy, comment: "of \(name)")
    }
    for name in names {
      let leading = rules(name).map { rule in
        Rule(rule.matches, rule.statements, rule.verdict.map(toCopies), comment: rule.comment)
      }
      copies[name]?.rules = leading
    }
  }

  /// The verdicts that it adds to a map that is there.
  private func newVerdicts(_ operation: Operation) -> (map: String, elements: [VerdictElement]) {
    guard case .addVerdicts(let map, let elements) = operation, !maps.contains(map) else {
      return ("", [])
    }
    return (map, elements)
  }

  private func toCopies(_ verdict: Verdict) -> Verdict {
    switch verdict {
    case .jump(let chain): .jump(copies[chain]?.name ?? chain)
    case .goto(let chain): .goto(copies[chain]?.name ?? chain)
    case .accept, .drop, .return, .lookup, .rejectTCP, .rejectProhibited, .translate: verdict
    }
  }

  func toCopies(_ operation: Operation) -> Operation {
    let (map, elements) = newVerdicts(operation)
    if elements.isEmpty { return operation }
    return .addVerdicts(
      map: map,
      elements.map {
        VerdictElement(
          address: $0.address, comment: $0.comment, verdict: toCopies($0.verdict))
      })
  }

  /// The copies, to which nothing leads yet.
  var copying: [Operation] {
    let chains = copies.values.sorted { $0.name < $1.name }
    return chains.map { .addChain($0.withoutRules) }
      + chains.flatMap { chain in
        chain.rules.map { .addRule(chain: chain.name, $0, before: nil) }
      }
  }

  /// Has verdicts lead to the chains themselves, and removes the copies.
  func fromCopies(_ operations: [Operation]) -> [Operation] {
    if copies.isEmpty { return [] }
    let turned = operations.flatMap { operation -> [Operation] in
      let (map, elements) = newVerdicts(operation)
      let led = elements.filter { $0.verdict.chain.map { copies[$0] != nil } ?? false }
      if led.isEmpty { return [] }
      return [
        .deleteVerdicts(map: map, led.map(\.address)), .addVerdicts(map: map, led),
      ]
    }
    let names = copies.values.map(\.name).sorted()
    return turned + names.map { .flushChain($0) } + names.map { .deleteChain($0) }
  }

  /// Whether it is made in a first transaction.
  func isFirst(_ operation: Operation) -> Bool {
    switch operation {
    case .addCounter, .addSet: true
    case .addChain(let chain): chains.contains(chain.name)
    case .addElements(let set, _): sets.contains(set)
    case .addRule(let chain, _, _): chains.contains(chain)
    case .addTable, .deleteTable, .deleteCounter, .deleteSet, .addMap, .deleteMap, .deleteChain,
      .flushChain, .deleteElements, .addVerdicts, .deleteVerdicts, .deleteRule:
      false
    }
  }
}

/// Which chains lie between others and some that change.
private struct Ways {
  private let ends: Set<String>
  /// Of each chain that was looked at, those from it on.
  private var known: [String: Set<String>] = [:]

  init(to ends: Set<String>) { self.ends = ends }

  /// The chain itself and all behind it that lead to a changed one; none when it does not.
  mutating func chains(from chain: String, _ rules: (String) -> [Rule]) -> Set<String> {
    if let known = known[chain] { return known }
    // Rules do not lead back; should they, the kernel says so.
    known[chain] = []
    var found: Set<String> = []
    for next in Set(rules(chain).compactMap { $0.verdict?.chain }) {
      found.formUnion(chains(from: next, rules))
    }
    if !found.isEmpty || ends.contains(chain) { found.insert(chain) }
    known[chain] = found
    return found
  }
}
