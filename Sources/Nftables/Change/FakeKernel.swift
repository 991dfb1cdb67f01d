import NetSets

/// A kernel in memory that runs the same transactions as the real one and refuses what it refuses:
/// for tests without root, and for asking what a transaction would lead to.
package final class FakeKernel: Kernel {
  private var changes: UInt32 = 1
  private var nextHandle: RuleHandle = 1
  private var tables: [IPFamily: FakeTable] = [:]
  private var bridge: BridgeTable?
  /// The steps of every transaction that was committed.
  package private(set) var committed: [Transaction] = []

  package init() {}

  package func read(table: String) throws(KernelFailure) -> Installed {
    var handles: [Installed.ChainName: [RuleHandle]] = [:]
    for (family, table) in tables {
      for (name, rules) in table.rules {
        handles[Installed.ChainName(family, name)] = rules.map(\.handle)
      }
    }
    let ruleset = Ruleset(
      tables: IPFamily.allCases.compactMap { tables[$0]?.value }, bridge: bridge)
    return Installed(generation: changes, ruleset: ruleset, handles: handles)
  }

  package func generation() throws(KernelFailure) -> UInt32 { changes }

  package func handles(
    of chain: Installed.ChainName, table: String
  ) throws(KernelFailure) -> [RuleHandle] {
    tables[chain.family]?.rules[chain.chain]?.map(\.handle) ?? []
  }

  package func commit(
    _ transaction: Transaction, onGeneration expected: UInt32, isDryRun: Bool
  ) throws(KernelFailure) {
    // The kernel is not even asked.
    if transaction.isEmpty { return }
    guard expected == changes else { throw .stale }
    var changed = tables
    var handle = nextHandle
    for (index, step) in transaction.steps.enumerated() {
      do throws(FakeRefusal) {
        try FakeKernel.run(step, on: &changed, transaction.table, &handle)
      } catch {
        throw .refused(step: index, code: error.code, reason: error.reason)
      }
    }
    for (family, table) in changed {
      if let problem = table.value.problems.first {
        throw .refused(step: transaction.steps.count - 1, code: 22, reason: "\(family): \(problem)")
      }
    }
    if case .replace(let table) = transaction.bridge, let problem = table.problems.first {
      throw .refused(step: transaction.steps.count, code: 22, reason: "bridge: \(problem)")
    }
    if case .delete = transaction.bridge, bridge == nil {
      throw .refused(step: transaction.steps.count, code: 2, reason: "no such table")
    }
    if isDryRun { return }
    tables = changed
    switch transaction.bridge {
    case .replace(let table): bridge = table
    case .delete: bridge = nil
    case nil: break
    }
    nextHandle = handle
    changes += 1
    committed.append(transaction)
  }

  private static func run(
    _ step: Transaction.Step, on tables: inout [IPFamily: FakeTable], _ name: String,
    _ handle: inout RuleHandle
  ) throws(FakeRefusal) {
    switch step.operation {
    case .addTable(let comment):
      if tables[step.family] == nil {
        tables[step.family] = FakeTable(family: step.family, name: name, comment: comment)
      }
    case .deleteTable:
      guard tables.removeValue(forKey: step.family) != nil else { throw .missing("table") }
    default:
      guard var table = tables[step.family] else { throw .missing("table") }
      try table.run(step.operation, &handle)
      tables[step.family] = table
    }
  }
}

/// The errors of the kernel's nf_tables_api.c.
struct FakeRefusal: Error {
  let code: Int32
  let reason: String

  static func missing(_ what: String) -> FakeRefusal {
    FakeRefusal(code: 2, reason: "no such \(what)")
  }
  static func exists(_ what: String) -> FakeRefusal {
    FakeRefusal(code: 17, reason: "\(what) exists")
  }
  static func busy(_ what: String) -> FakeRefusal {
    FakeRefusal(code: 16, reason: "\(what) is in use")
  }
}
