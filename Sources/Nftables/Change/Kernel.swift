import NetSets

/// Whatever holds nftables: the kernel of a network namespace, or the fake beside it.
package protocol Kernel {
  /// The tables of that name, as of one generation.
  func read(table: String) throws(KernelFailure) -> Installed
  /// Makes all changes, or none.
  ///
  /// - Parameters:
  ///   - generation: of the state that the changes were computed from; `KernelFailure.stale` when
  ///     anything has been changed since.
  ///   - isDryRun: whether everything is checked and nothing kept.
  func commit(
    _ transaction: Transaction, onGeneration generation: UInt32, isDryRun: Bool
  ) throws(KernelFailure)
  /// How many changes anyone has made to nftables; a committed transaction is one.
  func generation() throws(KernelFailure) -> UInt32
  /// The handles of one chain's rules, in their order; `.stale` when they changed meanwhile.
  func handles(
    of chain: Installed.ChainName, table: String
  ) throws(KernelFailure) -> [RuleHandle]
}

extension UInt32 {
  /// The number of nftables' state after the next change; the kernel leaves out zero
  /// (nf_tables_api.c, `nft_base_seq_inc`).
  package var nextGeneration: UInt32 { self == .max ? 1 : self + 1 }
}

/// What is there.
package struct Installed: Hashable, Sendable {
  /// Counts every change that anyone makes to nftables in the namespace.
  package let generation: UInt32
  /// Our tables, those that exist.
  package let ruleset: Ruleset
  /// The handles of each chain's rules, in their order.
  package let handles: [ChainName: [RuleHandle]]

  package struct ChainName: Hashable, Sendable {
    package let family: IPFamily
    package let chain: String

    package init(_ family: IPFamily, _ chain: String) {
      self.family = family
      self.chain = chain
    }
  }

  package init(generation: UInt32, ruleset: Ruleset, handles: [ChainName: [RuleHandle]]) {
    self.generation = generation
    self.ruleset = ruleset
    self.handles = handles
  }
}

/// Why the kernel did not do it.
package enum KernelFailure: Error, Hashable, Sendable {
  /// Somebody changed nftables since the state was read (ERESTART): read again.
  case stale
  /// It refused one step of the transaction; nothing was changed.
  case refused(step: Int, code: Int32, reason: String)
  /// It refused the batch or the request as a whole, such as for a lack of capability.
  case unable(code: Int32, reason: String)
  /// The answer was lost (ENOBUFS): whether the change was made is not known.
  case unknown
  /// Something is in our tables that we never write, and so cannot read.
  case foreign(String)
}
