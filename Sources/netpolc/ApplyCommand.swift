import Apply
import ArgumentParser
import Backends
import Compiler
import Diagnostics
import Doctor
import Host
import Manifests
import Nftables
import PolicyModel

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the kernel hold the compiled ruleset.",
    discussion: """
      Sends only what differs, in one transaction: other rules keep their counters, and there is no \
      moment without rules. Only the tables ip netpolc and ip6 netpolc are written, and bridge \
      netpolc where --anti-spoof is about pods behind a bridge.

      EXAMPLES
        netpolc apply -f manifests/ --node worker-1 --dry-run client
        netpolc apply -f manifests/ --node worker-1 --confirm-within 60s --probe tcp:10.0.0.1:6443
        netpolc rollback
      """)

  @OptionGroup var manifests: ManifestOptions

  @OptionGroup var ruleset: RulesetOptions
  @OptionGroup var kernel: KernelOptions

  @Option(
    help: ArgumentHelp(
      "Print what would change; with kernel, have the kernel check it too.", valueName: "who"))
  var dryRun: DryRun?

  @Option(
    help: ArgumentHelp(
      "Roll back unless netpolc confirm, or y here, comes within that time: 90, 60s, 5m.",
      valueName: "time"))
  var confirmWithin: TimeSpan?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Roll back unless this answers from the node afterwards; repeatable.",
      valueName: "tcp:host:port"))
  var probe: [ProbeArgument] = []

  @Flag(help: "Confirm by itself once every probe has answered.")
  var yes = false

  @Option(help: "What becomes of open connections that the new policy denies.")
  var established = Established.cut

  @OptionGroup var colour: ColourOptions

  @OptionGroup var talk: TalkOptions

  enum DryRun: String, ExpressibleByArgument, CaseIterable {
    case client
    case kernel
  }

  enum Established: String, ExpressibleByArgument, CaseIterable {
    case cut
    case keep
  }

  func validate() throws {
    try ruleset.requireNftables("apply")
    try ruleset.masquerade.requireRules("apply")
  }

  func run() throws {
    let compilation = try manifests.compiled(for: ruleset.scope)
    try kernel.withSession { session in
      var options = try ruleset.nftables(compilation, node: ruleset.node)
      options.demandsSYN = try !session.namespace.enter { forwardedUntracked() }
      let wanted = lower(compilation.graph, options).ruleset
      if let dryRun {
        return try preview(wanted, PodNames([compilation.graph], [wanted]), session, dryRun)
      }
      try apply(wanted, cutting: established == .cut && options.demandsSYN, session)
      try warnOfNode(session.namespace)
      if !options.demandsSYN {
        Console.say(
          "connections were not tracked here before, and go on untouched; apply again in a minute, "
            + "so that new ones must start with SYN")
      }
    }
  }

  /// What of the node makes policies void, although the kernel holds them.
  private func warnOfNode(_ namespace: NetworkNamespace) throws {
    let node = try Node(
      of: NodeSource(root: nil, namespace: namespace), profile: nil, clusterNetworks: [])
    for finding in Examination(node).findings where finding.level == .error {
      Console.say(
        "warning: policy does not hold on this node: \(finding.what); netpolc doctor says why, and "
          + "what mends it")
    }
  }

  private func preview(
    _ wanted: Ruleset, _ names: PodNames, _ session: KernelSession, _ dryRun: DryRun
  ) throws {
    let (installed, transaction) = try session.session.preview(
      wanted, asksKernel: dryRun == .kernel)
    let report = DifferenceReport(
      from: "kernel", to: manifests.files.joined(separator: " "), node: ruleset.node,
      rules: installed.ruleset.difference(to: wanted), meaning: nil, sources: nil, names: names)
    try Console.result(report.text(hasColour: colour.isOn, countsOnly: false))
    if dryRun == .kernel, !transaction.isEmpty {
      Console.note("kernel accepts the transaction (checked, not committed)")
    }
  }

  private func apply(_ wanted: Ruleset, cutting: Bool, _ session: KernelSession) throws {
    let confirmation =
      confirmWithin == nil && probe.isEmpty
      ? nil
      : Confirmation(
        session: session, options: kernel, within: confirmWithin, probes: probe.map(\.probe),
        confirmsItself: yes || confirmWithin == nil, cuts: cutting)
    let start = ContinuousClock.now
    let change = try session.session.apply(wanted, pending: confirmation?.prepare)
    if change.transaction.isEmpty {
      Console.note("generation \(change.to): the kernel holds it already, nothing sent")
    } else {
      let time = (ContinuousClock.now - start).milliseconds
      Console.note(
        "generation \(change.from) -> \(change.to) in one transaction of "
          + "\(change.transaction.count) steps, \(time) ms")
    }
    // Also when nothing was sent: an apply before this may have kept them, or been killed.
    if cutting { try FlowCutter(session.namespace).cut(deniedBy: wanted) }
    if !change.transaction.isEmpty { try confirmation?.settle(change) }
  }
}

/// `60s`, `5m`, or seconds.
struct TimeSpan: ExpressibleByArgument {
  let seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  var defaultValueDescription: String { "\(seconds)s" }

  init?(argument: String) {
    let unit = argument.hasSuffix("m") ? 60 : 1
    let digits =
      argument.hasSuffix("m") || argument.hasSuffix("s") ? argument.dropLast() : argument[...]
    guard let number = Int(digits), (1...86_400).contains(number * unit) else { return nil }
    seconds = number * unit
  }
}

struct ProbeArgument: ExpressibleByArgument {
  let probe: Probe

  init?(argument: String) {
    guard let probe = Probe(argument) else { return nil }
    self.probe = probe
  }
}

extension Duration {
  /// With one digit after the point.
  var milliseconds: String {
    let tenths = (components.seconds * 10_000) + components.attoseconds / 100_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
