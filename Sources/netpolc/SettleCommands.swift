import Apply
import ArgumentParser
import Host
import Netfilter
import Nftables

struct ConfirmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm",
    abstract: "Keep the ruleset that waits for its confirmation.",
    discussion: """
      EXAMPLES
        netpolc confirm
      """)

  @OptionGroup var record: RecordOptions

  @OptionGroup var talk: TalkOptions

  func run() throws {
    // Without the lock, and so no --lock-timeout: the apply that waits for this holds it.
    do {
      let generations = try record.generations()
      guard let pending = try generations.pending else {
        throw Console.fail("no generation waits for confirmation", .finding)
      }
      try generations.setPending(nil)
      Console.note("confirmed generation \(pending)")
    } catch let failure as SystemFailure {
      throw Console.fail("\(failure)", .environment)
    }
  }
}

struct RollbackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Give the kernel what it held before.",
    discussion: """
      EXAMPLES
        netpolc rollback
        netpolc rollback --to 17
      """)

  @Option(
    help: ArgumentHelp(
      "The generation to go back to; the one before, if not given.", valueName: "generation"))
  var to: Int?

  @Option(help: .hidden)
  var unconfirmed: Int?

  @Option(help: .hidden)
  var after: Int?

  @OptionGroup var kernel: KernelOptions

  @OptionGroup var talk: TalkOptions

  func run() throws {
    if let unconfirmed, let after, try !isStillPending(unconfirmed, after: after) { return }
    try kernel.withSession { session in
      let generations = session.session.generations
      // Confirmed, or rolled back by another, while this one waited for the lock.
      if let unconfirmed, try generations.pending != unconfirmed { return }
      if let to, to != 0, try !generations.numbers.contains(to) {
        let known = try generations.numbers.map { "\($0)" }.joined(separator: ", ")
        throw Console.fail("there is no generation \(to); kept are \(known)", .badInput)
      }
      let change: Session<NetlinkKernel>.Change
      do {
        change = try session.session.rollBack(to: to)
      } catch let nothing as NothingBefore {
        throw Console.fail("\(nothing); name one with --to", .badInput)
      }
      try cutFlows(deniedBy: try generations.rules(change.to), in: session.namespace)
      Console.note("generation \(change.from) -> \(change.to)")
      ChangeText(change).sayRest()
    }
  }

  /// Waits for the time to pass, or for the generation to be settled.
  private func isStillPending(_ generation: Int, after seconds: Int) throws -> Bool {
    let generations = try kernel.record.generations()
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if try generations.pending != generation { return false }
      sleepMilliseconds(500)
    }
    return try generations.pending == generation
  }
}

struct UninstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Remove our rules from the node, and nothing else.",
    discussion: """
      Tables ip netpolc and ip6 netpolc of nftables, and chains NPC-*, the jumps to them and sets npc-* \
      of either iptables. Generations are kept, so that netpolc rollback --to N brings rules back.

      EXAMPLES
        netpolc uninstall
        netpolc uninstall --backend iptables
      """)

  @Option(help: "From which firewall; from all, if not given.")
  var backend: RulesetOptions.Backend?

  @OptionGroup var kernel: KernelOptions

  @OptionGroup var talk: TalkOptions

  func run() throws {
    try kernel.withSession { session in
      let iptables = IptablesVariant.allCases.map { Firewall.iptables($0) }
      let chosen: [Firewall] =
        switch backend {
        case .nftables: [.nftables]
        case .iptables: iptables
        case nil: [.nftables] + iptables
        }
      let change = try session.session.uninstall(chosen)
      let left = change.left
      if left.isEmpty { Console.note("there was nothing to remove") }
      for firewall in left {
        switch firewall {
        case .nftables:
          Console.note(
            change.transaction.bridge == nil
              ? "removed tables ip netpolc and ip6 netpolc"
              : "removed tables ip netpolc, ip6 netpolc and bridge netpolc")
        case .iptables: Console.note("removed chains NPC-* and sets npc-* from \(firewall)")
        }
      }
    }
  }
}
