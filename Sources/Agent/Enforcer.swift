import Apply
import Backends
import Incremental
import Masquerade
import NetSets
import Nftables

/// Keeps a kernel's tables as the objects of a cluster make them: each batch of changes is one
/// transaction of what it changes.
package struct Enforcer<Target: Kernel>: ~Copyable {
  package private(set) var compiler: NodeCompiler
  private let resident: ResidentRuleset<Target>
  /// Whether the kernel may differ from what is wanted, so that all of it has to be compared.
  package private(set) var isBehind = true

  /// What the kernel was given last, or refused.
  package private(set) var lastTransaction = Transaction(table: "netpolc")

  /// Reads what is there; nothing is written before the first `catchUp` or `take`.
  package init(_ compiler: consuming NodeCompiler, _ kernel: Target) throws(KernelFailure) {
    self.compiler = compiler
    resident = try ResidentRuleset(kernel, table: "netpolc")
  }

  /// What the kernel was asked for.
  package struct Outcome: Sendable {
    /// How long it took to work out what is wanted.
    package var compiling = Duration.zero
    /// Empty when it held all that is wanted.
    package var transaction = Transaction(table: "netpolc")
    /// How often others came between.
    package var disturbances = 0
  }

  /// Takes changes without telling the kernel: for a start, when objects come in pieces and what
  /// is there must stay until all have come.
  package mutating func prepare(_ changes: [ClusterChange]) {
    _ = compiler.apply(changes)
    isBehind = true
  }

  /// Takes changes, and makes the kernel hold what follows from them.
  ///
  /// - Throws: `.refused` or `.unable` when the kernel does not take it. It holds what it held, and
  ///   `catchUp` tries again.
  package mutating func take(_ changes: [ClusterChange]) throws(KernelFailure) -> Outcome {
    let start = ContinuousClock.now
    let change = compiler.apply(changes)
    let compiling = ContinuousClock.now - start
    var outcome = isBehind ? try catchUp() : try enforce(change)
    outcome.compiling += compiling
    return outcome
  }

  private mutating func enforce(_ change: RulesetChange) throws(KernelFailure) -> Outcome {
    switch change {
    case .none: return Outcome()
    case .whole: return try catchUp()
    case .part(let before, let after):
      isBehind = true
      guard let transaction = try resident.transaction(from: before, to: after) else {
        return try catchUp()
      }
      lastTransaction = transaction
      switch try resident.commit(transaction) {
      case .committed:
        isBehind = false
        return Outcome(transaction: transaction)
      case .committedAndRead, .read:
        var outcome = try catchUp()
        outcome.disturbances += 1
        if outcome.transaction.isEmpty { outcome.transaction = transaction }
        return outcome
      }
    }
  }

  /// The whole that is wanted.
  package var wanted: Ruleset {
    mutating get {
      // What is not known is not taken away.
      compiler.missingFact == nil
        ? compiler.ruleset : compiler.ruleset.translating(as: resident.ruleset)
    }
  }

  /// See `NodeCompiler.missingFact`.
  package var missingFact: MissingFact? { compiler.missingFact }

  /// What the tables hold as far as anybody has looked.
  package var held: Ruleset { resident.ruleset }

  /// How much the tables hold.
  package var sizes: [IPFamily: TableSize] { resident.sizes }

  package mutating func counterOwners() -> [IPFamily: [String: CounterOwner]] {
    compiler.counterOwners()
  }

  /// See `NodeCompiler.vacated`.
  package var vacated: [IPAddress] { compiler.vacated }

  /// See `NodeCompiler.closesNothing`.
  package var closesNothing: Bool { compiler.closesNothing }

  package var localPodCount: Int { compiler.localPodCount }

  /// See `NodeCompiler.demandSYN`; the kernel hears of it by the next `catchUp`.
  package mutating func demandSYN(_ demands: Bool) {
    compiler.demandSYN(demands)
    isBehind = true
  }

  /// See `NodeCompiler.logDenials`; the kernel hears of it by the next `catchUp`.
  package mutating func logDenials(_ logging: DenyLogging?) {
    compiler.logDenials(logging)
    isBehind = true
  }

  /// See `NodeCompiler.guardPorts`; the kernel hears of it by the next `catchUp`.
  package mutating func guardPorts(_ bindings: [PortBinding]) {
    compiler.guardPorts(bindings)
    isBehind = true
  }

  /// Whether anybody changed nftables since; then all of it has been read again.
  package mutating func isDisturbed() throws(KernelFailure) -> Bool { try resident.refresh() }

  /// Compares everything, and makes the kernel hold what is wanted.
  package mutating func catchUp() throws(KernelFailure) -> Outcome {
    isBehind = true
    var outcome = Outcome()
    _ = try resident.refresh()
    while true {
      let start = ContinuousClock.now
      let wanted = self.wanted
      outcome.compiling += .now - start
      let transaction = Transaction(
        from: try resident.installed(), to: wanted, table: resident.table)
      if transaction.isEmpty { break }
      outcome.transaction = transaction
      lastTransaction = transaction
      switch try resident.commit(transaction) {
      case .committed:
        isBehind = false
        return outcome
      case .committedAndRead, .read:
        // Whether it is as wanted now is seen by comparing again.
        outcome.disturbances += 1
        if outcome.disturbances > Self.patience { throw .stale }
      }
    }
    isBehind = false
    return outcome
  }

  /// Somebody who writes all the time is no reason to hold up everything else.
  private static var patience: Int { 100 }
}
