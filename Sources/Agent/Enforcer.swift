import Apply
import Backends
import Incremental
import Iptables
import Masquerade
import NetSets
import Nftables

/// Keeps a kernel's tables as the objects of a cluster make them: each batch of changes is one
/// transaction of what it changes.
package struct Enforcer<Target: Kernel>: ~Copyable {
  package private(set) var compiler: NodeCompiler
  private let place: Place
  /// Whether the kernel may differ from what is wanted, so that all of it has to be compared.
  package private(set) var isBehind = true

  /// What the kernel was given last, or refused.
  package var lastTransaction: Transaction {
    switch place {
    case .nftables(let resident): resident.lastSent
    case .iptables: Transaction(table: "netpolc")
    }
  }

  /// Where the rules are.
  private enum Place {
    case nftables(ResidentRuleset<Target>)
    case iptables(ResidentFilter<Target>)
  }

  /// Reads what is there; nothing is written before the first `catchUp` or `take`.
  package init(_ compiler: consuming NodeCompiler, _ kernel: Target) throws(KernelFailure) {
    self.compiler = compiler
    place = .nftables(try ResidentRuleset(kernel, table: "netpolc"))
  }

  /// Works in iptables, where each change is worked out by comparing everything.
  package init(_ compiler: consuming NodeCompiler, _ resident: ResidentFilter<Target>) {
    self.compiler = compiler
    place = .iptables(resident)
  }

  /// What the kernel was asked for.
  package struct Outcome: Sendable {
    /// How long it took to work out what is wanted.
    package var compiling = Duration.zero
    /// All steps of all times that it was asked; empty when it held all that is wanted.
    package var transaction = Transaction(table: "netpolc")
    /// The same in iptables.
    package var filterChange: FilterChange?
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
    switch (change, place) {
    case (.none, _): return Outcome()
    case (.whole, _), (.part, .iptables): return try catchUp()
    case (.part(let before, let after), .nftables(let resident)):
      isBehind = true
      guard let transaction = try resident.transaction(from: before, to: after) else {
        return try catchUp()
      }
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

  /// The whole that is wanted. What is not known is not taken away.
  package mutating func wanted() throws(KernelFailure) -> NodeRules {
    switch place {
    case .nftables(let resident): .nftables(wanted(resident))
    case .iptables(let resident): .iptables(try wanted(resident), resident.variant)
    }
  }

  private mutating func wanted(_ resident: ResidentRuleset<Target>) -> Ruleset {
    compiler.missingFact == nil
      ? compiler.ruleset : compiler.ruleset.translating(as: resident.ruleset)
  }

  private func wanted(
    _ resident: ResidentFilter<Target>
  ) throws(KernelFailure) -> PacketFilter {
    compiler.missingFact == nil
      ? compiler.filter : compiler.filter.translating(as: try resident.held())
  }

  package var firewall: Firewall {
    switch place {
    case .nftables: .nftables
    case .iptables(let resident): .iptables(resident.variant)
    }
  }

  /// See `NodeCompiler.missingFact`.
  package var missingFact: MissingFact? { compiler.missingFact }

  /// How much the tables hold; of iptables nobody counts it.
  package var sizes: [IPFamily: TableSize] {
    switch place {
    case .nftables(let resident): resident.sizes
    case .iptables: [:]
    }
  }

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

  /// Whether anybody may have changed what is there since.
  package mutating func isDisturbed() throws(KernelFailure) -> Bool {
    switch place {
    case .nftables(let resident): try resident.refresh()
    case .iptables(let resident): try resident.isDisturbed()
    }
  }

  /// Compares everything, and makes the kernel hold what is wanted.
  package mutating func catchUp() throws(KernelFailure) -> Outcome {
    isBehind = true
    switch place {
    case .nftables(let resident): return try catchUp(resident)
    case .iptables(let resident):
      var outcome = Outcome()
      let start = ContinuousClock.now
      let wanted = try wanted(resident)
      outcome.compiling = .now - start
      outcome.filterChange = try resident.give(wanted)
      isBehind = false
      return outcome
    }
  }

  private mutating func catchUp(
    _ resident: ResidentRuleset<Target>
  ) throws(KernelFailure) -> Outcome {
    var outcome = Outcome()
    _ = try resident.refresh()
    while true {
      let start = ContinuousClock.now
      let wanted = wanted(resident)
      outcome.compiling += .now - start
      let transaction = Transaction(
        from: try resident.installed(), to: wanted, table: resident.table)
      if transaction.isEmpty { break }
      outcome.transaction.steps += transaction.steps
      outcome.transaction.bridge = transaction.bridge ?? outcome.transaction.bridge
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

extension Enforcer.Outcome {
  /// Whether all was there already.
  package var isEmpty: Bool { transaction.isEmpty && filterChange?.isEmpty ?? true }

  /// How much was changed: in iptables sets and chains.
  package var count: Int {
    transaction.count + (filterChange.map { $0.setCount + $0.chainCount } ?? 0)
  }

  /// Whether anything that was allowed may be denied afterwards.
  package var mayDeny: Bool { transaction.mayDeny || !(filterChange?.isEmpty ?? true) }
}

extension Transaction {
  /// Whether anything that was allowed may be denied afterwards. New elements of sets and new rules
  /// in chains of policies only allow, but what leads to a chain may isolate.
  fileprivate var mayDeny: Bool {
    steps.contains { step in
      switch step.operation {
      case .addTable, .addCounter, .addSet, .addMap, .addChain, .addElements: false
      case .deleteTable, .deleteCounter, .deleteSet, .deleteMap, .deleteChain, .flushChain,
        .deleteElements, .addVerdicts, .deleteVerdicts, .addRule, .deleteRule:
        true
      }
    }
  }
}
