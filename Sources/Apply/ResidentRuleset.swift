import NetSets
import Nftables

/// Our tables in a kernel together with what they hold, in memory: for a process that stays and
/// makes small changes, each at a cost of what it changes, however much is there.
///
/// The kernel counts every change that anyone makes to nftables and refuses one that was computed
/// from an older state. So the memory is right as long as the count is what our own changes made
/// it, and when it is not, everything is read again.
package final class ResidentRuleset<Target: Kernel> {
  private let kernel: Target
  package let table: String
  /// Of the state that is in memory.
  package private(set) var generation: UInt32 = 0
  private var tables: [IPFamily: TableModel] = [:]
  private var bridge: BridgeTable?
  /// What the kernel was asked for last: the steps of a refusal are its steps.
  package private(set) var lastSent: Transaction

  /// Reads what is there.
  package init(_ kernel: Target, table: String) throws(KernelFailure) {
    self.kernel = kernel
    self.table = table
    lastSent = Transaction(table: table)
    try readAgain()
  }

  /// What became of a transaction.
  package enum Outcome: Hashable, Sendable {
    /// The kernel made it.
    case committed
    /// The kernel made it, and everything was read again: somebody else wrote as well, or what
    /// the transaction would do was not known before.
    case committedAndRead
    /// The kernel did not make it, since others had changed nftables, or its answer was lost.
    /// Everything was read again; whether it is still wanted is for the caller to see.
    case read(KernelFailure)
  }

  /// What the tables hold, rule handles left out. Walks through all of it.
  package var ruleset: Ruleset {
    Ruleset(tables: IPFamily.allCases.compactMap { tables[$0]?.table }, bridge: bridge)
  }

  /// How much the tables hold; those that exist.
  package var sizes: [IPFamily: TableSize] { tables.mapValues(\.size) }

  /// Makes all changes in the kernel and in memory. They may take several transactions
  /// (`Transaction.stages`): when one is refused, those before it stay, and mean what was before, or
  /// what is wanted.
  ///
  /// - Parameter transaction: for the tables of our name; its handles are those that `edits` or
  ///   `installed` gave since the last change of that chain.
  /// - Throws: `.refused` or `.unable`; or why it cannot be read again.
  package func commit(_ transaction: Transaction) throws(KernelFailure) -> Outcome {
    precondition(transaction.table == table, "a transaction is for our tables")
    let stages = self.stages(of: transaction)
    for stage in stages.dropLast() {
      switch try commit(stage: stage) {
      case .committed: break
      // What is left to do is for the caller to see.
      case .committedAndRead: return .read(.stale)
      case .read(let failure): return .read(failure)
      }
    }
    return try commit(stage: stages.last ?? transaction)
  }

  private func stages(of transaction: Transaction) -> [Transaction] {
    let edits = Dictionary(
      grouping: transaction.steps.filter { $0.operation.editedChain != nil }
    ) { Installed.ChainName($0.family, $0.operation.editedChain ?? "") }
    return transaction.stages { name in
      let edits = edits[name, default: []].map(\.operation)
      return tables[name.family]?.rules(of: name.chain, after: edits) ?? []
    }
  }

  private func commit(stage transaction: Transaction) throws(KernelFailure) -> Outcome {
    let steps = transaction.steps.filter { !$0.operation.isEmpty }
    if steps.isEmpty, transaction.bridge == nil { return .committed }
    lastSent = Transaction(table: table, steps: steps, bridge: transaction.bridge)
    do throws(KernelFailure) {
      try kernel.commit(lastSent, onGeneration: generation, isDryRun: false)
    } catch {
      switch error {
      case .stale, .unknown:
        try readAgain()
        return .read(error)
      case .refused, .unable, .foreign: throw error
      }
    }
    // A transaction that happens to change nothing is not counted, and so cannot be told from one
    // of somebody else.
    guard transaction.bridge != nil || steps.contains(where: \.operation.alwaysChanges),
      steps.allSatisfy(isUnderstood),
      try kernel.generation() == generation.nextGeneration
    else {
      try readAgain()
      return .committedAndRead
    }
    generation = generation.nextGeneration
    run(steps)
    switch transaction.bridge {
    case .replace(let table): bridge = table
    case .delete: bridge = nil
    case nil: break
    }
    return .committed
  }

  /// The steps that make a chain's rules into others; those that stay keep handles and counters.
  ///
  /// - Returns: nil when others changed nftables meanwhile, so that everything was read again.
  package func edits(
    _ family: IPFamily, chain: String, to rules: [Rule]
  ) throws(KernelFailure) -> [Transaction.Step]? {
    guard let handles = try handles(family, chain) else { return nil }
    let edits = RuleEdits(from: tables[family]?.rules(of: chain) ?? [], handles: handles, to: rules)
    return edits.added.map {
      Transaction.Step(family, .addRule(chain: chain, $0.rule, before: $0.before))
    } + edits.removed.map { Transaction.Step(family, .deleteRule(chain: chain, $0)) }
  }

  /// What makes some objects into others and leaves the rest of our tables as it is.
  ///
  /// - Parameters:
  ///   - before: the objects as they are; of sets and maps only the elements that are to go.
  ///   - after: the objects as they are to be; of sets and maps only the elements that are to come.
  /// - Returns: nil when the tables are not as `before` says.
  package func transaction(
    from before: Ruleset, to after: Ruleset
  ) throws(KernelFailure) -> Transaction? {
    var found: [Installed.ChainName: [RuleHandle]] = [:]
    var before = before
    for table in before.tables.indices {
      let family = before.tables[table].family
      guard let model = tables[family] else { return nil }
      let kept = Set(after.tables.first { $0.family == family }?.chains.map(\.name) ?? [])
      for chain in before.tables[table].chains.indices {
        let name = before.tables[table].chains[chain].name
        guard let rules = model.rules(of: name) else { return nil }
        before.tables[table].chains[chain].rules = rules
        guard kept.contains(name) else { continue }
        guard let handles = try handles(family, name) else { return nil }
        found[Installed.ChainName(family, name)] = handles
      }
    }
    return Transaction(
      from: Installed(generation: generation, ruleset: before, handles: found), to: after,
      table: table)
  }

  /// All that is in memory, handles too, to plan from. Walks through all of it.
  package func installed() throws(KernelFailure) -> Installed {
    var found: [Installed.ChainName: [RuleHandle]] = [:]
    for family in IPFamily.allCases {
      for chain in tables[family]?.chainNames ?? [] {
        guard let handles = try handles(family, chain) else { return try installed() }
        found[Installed.ChainName(family, chain)] = handles
      }
    }
    return Installed(generation: generation, ruleset: ruleset, handles: found)
  }

  /// Reads everything again when others changed nftables.
  ///
  /// - Returns: whether that was so.
  @discardableResult
  package func refresh() throws(KernelFailure) -> Bool {
    if try kernel.generation() == generation { return false }
    try readAgain()
    return true
  }

  private func readAgain() throws(KernelFailure) {
    let installed = try kernel.read(table: table)
    generation = installed.generation
    bridge = installed.ruleset.bridge
    tables = [:]
    for table in installed.ruleset.tables {
      tables[table.family] = TableModel(table, handles: installed.handles)
    }
  }

  /// The handles of a chain's rules; the kernel is asked for those of new rules.
  private func handles(
    _ family: IPFamily, _ chain: String
  ) throws(KernelFailure) -> [RuleHandle]? {
    if let known = tables[family]?.handles(of: chain) { return known }
    guard let rules = tables[family]?.rules(of: chain) else { return [] }
    let name = Installed.ChainName(family, chain)
    let handles = try kernel.handles(of: name, table: table)
    // The count after the answer: what was listed is of the state that is in memory.
    guard try kernel.generation() == generation, handles.count == rules.count else {
      try readAgain()
      return nil
    }
    tables[family]?.set(handles, of: chain)
    return handles
  }

  /// Whether memory knows the rule that a step names.
  private func isUnderstood(_ step: Transaction.Step) -> Bool {
    switch step.operation {
    case .deleteRule(let chain, let handle), .addRule(let chain, _, before: .some(let handle)):
      tables[step.family]?.handles(of: chain)?.contains(handle) ?? false
    default: true
    }
  }

  private func run(_ steps: [Transaction.Step]) {
    for step in steps {
      switch step.operation {
      case .addTable(let comment):
        if tables[step.family] == nil {
          tables[step.family] = TableModel(family: step.family, name: table, comment: comment)
        }
      case .deleteTable: tables[step.family] = nil
      default: tables[step.family]?.run(step.operation)
      }
    }
    for step in steps {
      if case .addRule(let chain, _, _) = step.operation {
        tables[step.family]?.forgetNewHandles(of: chain)
      }
    }
  }
}

extension Operation {
  /// The chain whose rules it changes.
  fileprivate var editedChain: String? {
    switch self {
    case .addChain(let chain): chain.name
    case .deleteChain(let name), .flushChain(let name): name
    case .addRule(let name, _, _), .deleteRule(let name, _): name
    default: nil
    }
  }

  /// Whether it has nothing to do.
  fileprivate var isEmpty: Bool {
    switch self {
    case .addElements(_, let elements), .deleteElements(_, let elements): elements.isEmpty
    case .addVerdicts(_, let elements): elements.isEmpty
    case .deleteVerdicts(_, let addresses): addresses.isEmpty
    default: false
    }
  }

  /// Whether the kernel counts it whatever is there: not a table that may exist, nor the rules of
  /// a chain that may be empty.
  fileprivate var alwaysChanges: Bool {
    switch self {
    case .addTable, .flushChain: false
    default: true
    }
  }
}
