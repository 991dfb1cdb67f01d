import Apply
import ArgumentParser
import Host
import Netfilter
import Nftables

/// Keeps a change only when it proves good: probes answer, and somebody says so in time. A process
/// of its own rolls back even when this one and its terminal are gone.
struct Confirmation {
  let session: KernelSession
  let change: Session<NetlinkKernel>.Change
  let options: KernelOptions
  /// nil when probes alone decide.
  let within: TimeSpan?
  /// Whether nobody has to be asked once the probes have answered.
  let confirmsItself: Bool

  private var generations: Generations { session.session.generations }

  func settle(_ probes: [Probe]) throws {
    let signals = HeldSignals()
    try generations.setPending(change.to)
    let seconds = (within?.seconds ?? 0) + probes.count * Confirmation.probeSeconds
    var watcher = ["netpolc", "rollback", "--unconfirmed", "\(change.to)"]
    watcher += ["--after", "\(seconds + 2)", "--state-dir", options.stateDir]
    if let netns = options.netns { watcher += ["--netns", netns] }
    try startDetached(watcher)
    for probe in probes {
      let reason = try session.namespace.enter { probe.run(seconds: Confirmation.probeSeconds) }
      Console.say("probe \(probe)   \(reason ?? "ok")")
      if reason != nil { throw try rolledBack("a probe failed") }
    }
    if !confirmsItself, let within { try wait(within, signals) }
    try generations.setPending(nil)
    Console.say("kept generation \(change.to)")
  }

  private static let probeSeconds = 3

  private func wait(_ time: TimeSpan, _ signals: HeldSignals) throws {
    Console.say(
      "Keep it? y or n; rolling back in \(time.seconds) s (also: netpolc confirm)")
    let deadline = ContinuousClock.now + .seconds(time.seconds)
    while ContinuousClock.now < deadline {
      if let signal = signals.next(milliseconds: 200) {
        throw try rolledBack("interrupted by signal \(signal)")
      }
      if try generations.pending != change.to { return }
      switch typedLine()?.lowercased() {
      case "y"?, "yes"?: return
      case "n"?, "no"?: throw try rolledBack("as asked")
      default: continue
      }
    }
    throw try rolledBack("not confirmed within \(time.seconds) s")
  }

  private func rolledBack(_ why: String) throws -> ExitCode {
    let back = try session.session.rollBack(to: change.from)
    try FlowCutter(session.namespace).cut(
      deniedBy: try generations.ruleset(back.to))
    Console.say("\(why): rolled back to generation \(back.to)")
    return .rolledBack
  }
}
