import NetSets
import Nftables

/// Makes a kernel hold a ruleset, whatever it held before and whoever else writes to it.
package struct Applier<Target: Kernel> {
  private let kernel: Target
  private let table: String

  /// How long to read again when others change nftables meanwhile, or an answer is lost. Somebody
  /// who writes in a loop leaves a gap that is long enough only now and then.
  private let patience: Duration
  private static var leastAttempts: Int { 8 }

  package init(_ kernel: Target, table: String, patience: Duration = .seconds(10)) {
    self.kernel = kernel
    self.table = table
    self.patience = patience
  }

  /// What became of it.
  package struct Outcome: Sendable {
    /// What was there.
    package let before: Installed
    /// What was sent; empty when the kernel already held what is wanted.
    package let transaction: Transaction
    /// In how many it was made, one after another.
    package let transactionCount: Int
    package let attempts: Int
  }

  /// - Parameter isDryRun: whether the kernel only checks the transaction.
  /// - Throws: `ApplyFailure`, with the transaction that the kernel refused a step of. Nothing has
  ///   been changed then, unless its reason is `.unknown`.
  package func apply(_ wanted: Ruleset, isDryRun: Bool = false) throws(ApplyFailure) -> Outcome {
    var sent = Transaction(table: table)
    return try untilSettled { () throws(KernelFailure) in
      let installed = try kernel.read(table: table)
      let transaction = Transaction(from: installed, to: wanted, table: table)
      sent = transaction
      var stageCount = 1
      if isDryRun {
        if !transaction.isEmpty {
          try kernel.commit(transaction, onGeneration: installed.generation, isDryRun: true)
        }
        try Self.check(wanted)
      } else if !transaction.isEmpty {
        stageCount = try commit(transaction, installed, to: wanted, &sent)
      }
      return (installed, transaction, stageCount)
    } refusal: {
      sent
    }
  }

  /// - Parameter sent: becomes the stage that the kernel is asked for.
  /// - Returns: how many stages there were.
  private func commit(
    _ transaction: Transaction, _ installed: Installed, to wanted: Ruleset,
    _ sent: inout Transaction
  ) throws(KernelFailure) -> Int {
    var generation = installed.generation
    let stages = transaction.stages(to: wanted)
    for (number, stage) in stages.enumerated() {
      sent = stage
      do throws(KernelFailure) {
        try kernel.commit(stage, onGeneration: generation, isDryRun: false)
      } catch {
        if case .refused = error, number > 0 { takeBack(to: installed.ruleset) }
        throw error
      }
      generation = generation.nextGeneration
    }
    return stages.count
  }

  /// Puts back what was there before the first stage. Where that fails as well, the next
  /// apply does it.
  private func takeBack(to before: Ruleset) {
    guard let installed = try? kernel.read(table: table) else { return }
    let transaction = Transaction(from: installed, to: before, table: table)
    try? kernel.commit(transaction, onGeneration: installed.generation, isDryRun: false)
  }

  /// Tries again when others change nftables meanwhile, or an answer is lost.
  private func untilSettled(
    _ attempt: () throws(KernelFailure) -> (before: Installed, Transaction, stageCount: Int),
    refusal: () -> Transaction
  ) throws(ApplyFailure) -> Outcome {
    let deadline = ContinuousClock.now + patience
    var attempts = 0
    // What was sent when an answer was lost: it was done, if nothing is left to do.
    var unanswered = Transaction(table: table)
    while true {
      attempts += 1
      do throws(KernelFailure) {
        let (before, transaction, stageCount) = try attempt()
        return Outcome(
          before: before, transaction: transaction.isEmpty ? unanswered : transaction,
          transactionCount: stageCount, attempts: attempts)
      } catch {
        if error == .unknown { unanswered = refusal() }
        switch error {
        case .stale, .unknown:
          if attempts >= Self.leastAttempts, ContinuousClock.now > deadline {
            throw ApplyFailure(reason: error, transaction: Transaction(table: table))
          }
        case .refused, .unable, .foreign:
          throw ApplyFailure(reason: error, transaction: refusal())
        }
      }
    }
  }

  /// What a kernel finds only when it is told to keep a ruleset: jumps that lead back or are too
  /// deep.
  private static func check(_ wanted: Ruleset) throws(KernelFailure) {
    guard let problem = wanted.problems.first else { return }
    let tooManyLinks: Int32 = 31
    throw .unable(code: tooManyLinks, reason: "the kernel would refuse this: \(problem)")
  }

  /// Removes our tables, and nothing else: also when somebody put something into them that cannot
  /// be read.
  package func uninstall() throws(ApplyFailure) -> Outcome {
    do throws(ApplyFailure) {
      return try apply(Ruleset(tables: []))
    } catch {
      guard case .foreign = error.reason else { throw error }
    }
    do throws(ApplyFailure) {
      return try removeUnread(bridge: .delete)
    } catch {
      // There is none, of which a kernel that knows no such tables says the same.
      guard case .refused(let step, _, _) = error.reason, step == error.transaction.steps.count
      else { throw error }
      return try removeUnread(bridge: nil)
    }
  }

  /// Removes our tables, whatever is in them.
  private func removeUnread(bridge: Transaction.BridgeStep?) throws(ApplyFailure) -> Outcome {
    // Adding a table is no error when it is there, as deleting one is when it is not.
    let steps = IPFamily.allCases.flatMap { family in
      [Operation.addTable(comment: nil), .deleteTable].map { Transaction.Step(family, $0) }
    }
    let transaction = Transaction(table: table, steps: steps, bridge: bridge)
    let nothing = Ruleset(tables: [])
    return try untilSettled { () throws(KernelFailure) in
      let generation = try kernel.generation()
      try kernel.commit(transaction, onGeneration: generation, isDryRun: false)
      return (Installed(generation: generation, ruleset: nothing, handles: [:]), transaction, 1)
    } refusal: {
      transaction
    }
  }
}

/// Why the kernel does not hold what is wanted.
package struct ApplyFailure: Error, Sendable {
  package let reason: KernelFailure
  package let transaction: Transaction

  package init(reason: KernelFailure, transaction: Transaction) {
    self.reason = reason
    self.transaction = transaction
  }

  /// The step that the kernel refused.
  package var refusedStep: Transaction.Step? {
    guard case .refused(let step, _, _) = reason, transaction.steps.indices.contains(step) else {
      return nil
    }
    return transaction.steps[step]
  }
}

extension ApplyFailure: CustomStringConvertible {
  /// Every change that is no step is that of the bridge table.
  private var refusedText: String {
    refusedStep?.text ?? (transaction.bridge == nil ? "a change" : "table bridge netpolc")
  }

  package var description: String {
    switch reason {
    case .stale:
      "nftables was changed by others each time before the change could be made; try again"
    case .unknown:
      "the kernel's answers were lost each time; see netpolc status for what it holds"
    case .unable(_, let reason): reason
    case .foreign(let what):
      "our table holds something that netpolc never writes: \(what); netpolc uninstall removes it"
    case .refused(_, _, let reason):
      "the kernel refused \(refusedText): \(reason); nothing was changed"
    }
  }
}

extension Transaction.Step {
  /// The change as an nft command, for messages.
  package var text: String {
    let table = "\(family.nftName) netpolc"
    switch operation {
    case .addTable: return "add table \(table)"
    case .deleteTable: return "delete table \(table)"
    case .addCounter(let counter): return "add counter \(table) \(counter.name)"
    case .deleteCounter(let name): return "delete counter \(table) \(name)"
    case .addSet(let set): return "add set \(table) \(set.name)"
    case .deleteSet(let name): return "delete set \(table) \(name)"
    case .addMap(let map): return "add map \(table) \(map.name)"
    case .deleteMap(let name): return "delete map \(table) \(name)"
    case .addChain(let chain): return "add chain \(table) \(chain.name)"
    case .deleteChain(let name): return "delete chain \(table) \(name)"
    case .flushChain(let name): return "flush chain \(table) \(name)"
    case .addElements(let set, let elements):
      return "add element \(table) \(set) (\(elements.count) elements)"
    case .deleteElements(let set, let elements):
      return "delete element \(table) \(set) (\(elements.count) elements)"
    case .addVerdicts(let map, let elements):
      return "add element \(table) \(map) (\(elements.count) elements)"
    case .deleteVerdicts(let map, let addresses):
      return "delete element \(table) \(map) (\(addresses.count) elements)"
    case .addRule(let chain, let rule, _):
      return "add rule \(table) \(chain) \(rule.text(family: family))"
    case .deleteRule(let chain, let handle):
      return "delete rule \(table) \(chain) handle \(handle)"
    }
  }
}
