import Host
import Nftables

/// A kernel together with the record of what it was given.
package struct Session<Target: Kernel> {
  private let kernel: Target
  private let applier: Applier<Target>
  package let generations: Generations
  private let table: String

  package init(_ kernel: Target, generations: Generations, table: String) {
    self.kernel = kernel
    self.table = table
    self.generations = generations
    applier = Applier(kernel, table: table)
  }

  /// What an apply or a roll-back did.
  package struct Change: Sendable {
    /// The generation before; 0 is no ruleset at all.
    package let from: Int
    /// Equal to `from` when the kernel already held what is wanted.
    package let to: Int
    package let transaction: Transaction
    package let before: Installed
  }

  /// Gives the kernel a ruleset under a new number, unless it holds that already.
  package func apply(_ wanted: Ruleset) throws -> Change {
    let from = try recordedGeneration()
    let number = try generations.add(wanted)
    do {
      let outcome = try applier.apply(wanted)
      guard !outcome.transaction.isEmpty else {
        try generations.discard(number)
        return Change(
          from: from, to: from, transaction: outcome.transaction, before: outcome.before)
      }
      try generations.setCurrent(number)
      return Change(
        from: from, to: number, transaction: outcome.transaction, before: outcome.before)
    } catch {
      // The kernel never got it, or is asked by the next apply what it holds.
      try? generations.discard(number)
      throw error
    }
  }

  /// What an apply would send.
  /// - Parameter asksKernel: whether the kernel checks it as well.
  package func preview(_ wanted: Ruleset, asksKernel: Bool) throws -> (Installed, Transaction) {
    if asksKernel {
      let outcome = try applier.apply(wanted, isDryRun: true)
      return (outcome.before, outcome.transaction)
    }
    let installed = try kernel.read(table: table)
    return (installed, Transaction(from: installed, to: wanted, table: table))
  }

  /// Gives the kernel what it held before, or the generation `number`; 0 removes our tables.
  package func rollBack(to number: Int?) throws -> Change {
    let from = try recordedGeneration()
    let target = try number ?? previous(to: from)
    let wanted = try generations.ruleset(target)
    let outcome = try applier.apply(wanted)
    try generations.setCurrent(target)
    try generations.setPending(nil)
    return Change(
      from: from, to: target, transaction: outcome.transaction, before: outcome.before)
  }

  /// Removes our tables, and nothing else.
  package func uninstall() throws -> Change { try rollBack(to: 0) }

  /// How the kernel compares with the record.
  package struct Status: Sendable {
    /// nil when nothing was ever applied.
    package let current: Int?
    package let pending: Int?
    package let installed: Installed
    /// From the recorded generation to what the kernel holds.
    package let drift: [TableDifference]
  }

  package func status() throws -> Status {
    let current = try generations.current
    let installed = try kernel.read(table: table)
    let recorded = try generations.ruleset(current ?? 0)
    return Status(
      current: current, pending: try generations.pending, installed: installed,
      drift: recorded.difference(to: installed.ruleset))
  }

  private func previous(to number: Int) throws -> Int {
    try generations.numbers.last { $0 < number } ?? 0
  }

  /// The current generation. What is there before the first, such as a ruleset that nft loaded,
  /// becomes a generation too, so that there is a way back to it.
  private func recordedGeneration() throws -> Int {
    if let current = try generations.current { return current }
    let installed = try kernel.read(table: table)
    if installed.ruleset.tables.isEmpty { return 0 }
    let number = try generations.add(installed.ruleset)
    try generations.setCurrent(number)
    return number
  }
}
