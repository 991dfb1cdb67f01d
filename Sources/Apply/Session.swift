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
  /// - Parameter pending: what must be ready before the kernel gets a ruleset that has to be
  ///   confirmed, told the generation before and the new one; nil for one that is to stay.
  package func apply(_ wanted: Ruleset, pending: ((Int, Int) throws -> Void)? = nil) throws
    -> Change
  {
    let from = try recordedGeneration()
    // What is there already, and is to be confirmed perhaps, does not wait once more.
    let waits = try pending != nil && !preview(wanted, asksKernel: false).1.isEmpty
    let number = try generations.add(wanted)
    do {
      if waits {
        try generations.setPending(number)
        try pending?(from, number)
      }
      let outcome = try applier.apply(wanted)
      let isKnown = outcome.transaction.isEmpty && isRecord(from, of: wanted)
      if isKnown {
        try generations.discard(number)
      } else {
        try generations.advance(from: from, to: number)
      }
      if pending == nil { try generations.setPending(nil) }
      return Change(
        from: from, to: isKnown ? from : number, transaction: outcome.transaction,
        before: outcome.before)
    } catch {
      // The kernel never got it, or is asked by the next apply what it holds.
      try? generations.discard(number)
      if waits { try? generations.setPending(nil) }
      throw error
    }
  }

  /// Whether a generation is this ruleset. It is not when an apply was killed between the kernel and
  /// the record, or somebody else loaded the ruleset.
  private func isRecord(_ number: Int, of wanted: Ruleset) -> Bool {
    (try? generations.ruleset(number))?.difference(to: wanted).isEmpty ?? false
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
  /// - Throws: `NothingBefore` when what it held before is not kept.
  package func rollBack(to number: Int?) throws -> Change {
    let from = try recordedGeneration()
    let target = try number ?? previous(to: from)
    let wanted = try generations.ruleset(target)
    let outcome = try applier.apply(wanted)
    try generations.goBack(to: target)
    try generations.setPending(nil)
    return Change(
      from: from, to: target, transaction: outcome.transaction, before: outcome.before)
  }

  /// Removes our tables, and nothing else.
  package func uninstall() throws -> Change {
    let from = try generations.current ?? 0
    let outcome = try applier.uninstall()
    if from != 0 { try generations.advance(from: from, to: 0) }
    try generations.setPending(nil)
    return Change(from: from, to: 0, transaction: outcome.transaction, before: outcome.before)
  }

  /// How the kernel compares with the record.
  package struct Status: Sendable {
    /// nil when nothing was ever applied.
    package let current: Int?
    package let pending: Int?
    package let installed: Installed
    /// From the recorded generation to what the kernel holds.
    package let drift: RulesetDifference
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
    guard let previous = try generations.previous else {
      if number == 0 { return 0 }
      throw NothingBefore(generation: number)
    }
    guard try previous == 0 || generations.numbers.contains(previous) else {
      throw NothingBefore(generation: number)
    }
    return previous
  }

  /// The current generation. What is there before the first, such as a ruleset that nft loaded,
  /// becomes a generation too, so that there is a way back to it.
  private func recordedGeneration() throws -> Int {
    if let current = try generations.current { return current }
    let installed = try kernel.read(table: table)
    if installed.ruleset.isEmpty { return 0 }
    let number = try generations.add(installed.ruleset)
    try generations.advance(from: 0, to: number)
    return number
  }
}

/// There is no way back without saying where.
package struct NothingBefore: Error, CustomStringConvertible {
  package let generation: Int

  package var description: String { "what was there before generation \(generation) is not kept" }
}
