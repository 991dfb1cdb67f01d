import NetSets
import Nftables

/// A kernel whose answers get lost, or to which somebody else writes after each commit.
struct TroubledKernel: Kernel {
  private let kernel = FakeKernel()
  private let losesAnswer: Bool
  private let isFollowed: Bool

  init(losesAnswer: Bool = false, isFollowed: Bool = false) {
    self.losesAnswer = losesAnswer
    self.isFollowed = isFollowed
  }

  func read(table: String) throws(KernelFailure) -> Installed { try kernel.read(table: table) }

  func generation() throws(KernelFailure) -> UInt32 { try kernel.generation() }

  func handles(
    of chain: Installed.ChainName, table: String
  ) throws(KernelFailure) -> [RuleHandle] { try kernel.handles(of: chain, table: table) }

  func commit(
    _ transaction: Transaction, onGeneration generation: UInt32, isDryRun: Bool
  ) throws(KernelFailure) {
    try kernel.commit(transaction, onGeneration: generation, isDryRun: isDryRun)
    if isFollowed {
      let theirs = Transaction(
        table: transaction.table,
        steps: [
          Transaction.Step(.ipv4, .addCounter(NamedCounter(name: "c-2", comment: nil)))
        ])
      try kernel.commit(theirs, onGeneration: try kernel.generation(), isDryRun: false)
    }
    if losesAnswer { throw .unknown }
  }
}
