import Apply
import ArgumentParser
import Host
import Netfilter
import Nftables

/// Keeps a change only when it proves good: probes answer, and somebody says so in time. A process
/// of its own rolls back even when this one and its terminal are gone.
struct Confirmation {
  private let session: KernelSession
  private let options: KernelOptions
  /// nil when probes alone decide.
  private let within: TimeSpan?
  private let probes: [Probe]
  /// Whether nobody has to be asked once the probes have answered.
  private let confirmsItself: Bool
  /// Whether a roll-back ends open connections that what was there before denies.
  private let cuts: Bool
  /// Held back from before the change, so that none leaves it unsettled.
  private let signals = HeldSignals()

  init(
    session: KernelSession, options: KernelOptions, within: TimeSpan?, probes: [Probe],
    confirmsItself: Bool, cuts: Bool
  ) {
    self.session = session
    self.options = options
    self.within = within
    self.probes = probes
    self.confirmsItself = confirmsItself
    self.cuts = cuts
  }

  private var generations: Generations { session.session.generations }

  /// Starts the process that rolls back, before the kernel gets anything. It is told where to: the
  /// record of a change that is cut off in the middle may not say.
  func prepare(from: Int, to number: Int) throws {
    let seconds = (within?.seconds ?? 0) + probes.count * Confirmation.probeSeconds
    var watcher = ["netpolc", "rollback", "--unconfirmed", "\(number)", "--to", "\(from)"]
    watcher += ["--after", "\(seconds + 2)", "--state-dir", options.record.stateDir]
    // Whoever has the lock then ends some time, or settles it.
    watcher += ["--lock-timeout", "3600"]
    if let netns = options.record.netns { watcher += ["--netns", netns] }
    try startDetached(watcher)
  }

  func settle(_ change: Session<NetlinkKernel>.Change) throws {
    for probe in probes {
      let reason = try session.namespace.enter { probe.run(seconds: Confirmation.probeSeconds) }
      if let reason {
        Console.say("probe \(probe)   \(reason)")
        throw try rolledBack(change, "a probe failed")
      }
      Console.note("probe \(probe)   ok")
    }
    if let signal = signals.next(milliseconds: 0) {
      throw try rolledBack(change, "interrupted by signal \(signal)")
    }
    if !confirmsItself, let within { try wait(within, change) }
    try generations.setPending(nil)
    Console.note("kept generation \(change.to)")
  }

  private static let probeSeconds = 3

  private func wait(_ time: TimeSpan, _ change: Session<NetlinkKernel>.Change) throws {
    Console.say(
      "Keep it? y or n; rolling back in \(time.seconds) s (also: netpolc confirm)")
    let deadline = ContinuousClock.now + .seconds(time.seconds)
    while ContinuousClock.now < deadline {
      if let signal = signals.next(milliseconds: 200) {
        throw try rolledBack(change, "interrupted by signal \(signal)")
      }
      if try generations.pending != change.to { return }
      switch typedLine()?.lowercased() {
      case "y"?, "yes"?: return
      case "n"?, "no"?: throw try rolledBack(change, "as asked")
      default: continue
      }
    }
    throw try rolledBack(change, "not confirmed within \(time.seconds) s")
  }

  private func rolledBack(
    _ change: Session<NetlinkKernel>.Change, _ why: String
  ) throws -> ExitCode {
    let back = try session.session.rollBack(to: change.from)
    if cuts {
      try cutFlows(deniedBy: try generations.rules(back.to), in: session.namespace)
    }
    Console.say("\(why): rolled back to generation \(back.to)")
    return .rolledBack
  }
}
