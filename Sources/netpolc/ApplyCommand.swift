import Apply
import ArgumentParser
import Backends
import Compiler
import Diagnostics
import Doctor
import Host
import Manifests
import Netfilter
import Nftables
import Options
import PolicyModel

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the kernel hold the compiled ruleset.",
    discussion: """
      Sends only what differs, in one transaction, or in two or three where new chains must be there \
      before anything leads to them: other rules keep their counters, and every packet meets the \
      rules before or those after. Only the tables ip netpolc and ip6 netpolc are written, and bridge \
      netpolc where --anti-spoof is about pods behind a bridge; with --backend iptables only sets \
      npc-*, chains NPC-* and the jumps to them, by ipset and iptables-restore. Rules of ours in the \
      other firewall are removed once the new ones are in force. On a node of Cilium or Antrea, found \
      or named by --cni, nothing is applied without --force-cni: their packets pass no rule.

      EXAMPLES
        netpolc apply -f manifests/ --node worker-1 --dry-run client
        netpolc apply -f manifests/ --node worker-1 --confirm-within 60s --probe tcp:10.0.0.1:6443
        netpolc apply -f manifests/ --node worker-1 --backend iptables
        netpolc rollback
      """)

  @OptionGroup var manifests: ManifestOptions

  @OptionGroup var ruleset: RulesetOptions
  @OptionGroup var variant: VariantOptions
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

  func validate() throws {
    try variant.check(isIptables: ruleset.backend == .iptables)
    try ruleset.masquerade.requireRules("apply")
  }

  func run() throws {
    let compilation = try manifests.compiled(for: ruleset.scope)
    try kernel.withSession { session in
      let node = try ruleset.network.node(in: session.namespace)
      let network = try ruleset.network.usable(on: node)
      // A node that demands it has tracked since, however idle it is now.
      let demandsSYN =
        try !session.namespace.enter { forwardedUntracked() } || session.session.demandsSYN()
      let wanted = try rules(compilation, network, demandsSYN: demandsSYN, session)
      if let dryRun { return try preview(wanted, compilation, session, dryRun) }
      try apply(wanted, cutting: established == .cut && demandsSYN, session)
      warn(of: node)
      if !demandsSYN {
        Console.say(
          "connections were not tracked here before, and go on untouched; apply again in a minute, "
            + "so that new ones must start with SYN")
      }
    }
  }

  /// What of the node makes policies void, although the kernel holds them.
  private func warn(of node: Node) {
    for finding in Examination(node).findings where finding.level == .error {
      Console.say(
        "warning: policy does not hold on this node: \(finding.what); netpolc doctor says why, and "
          + "what mends it")
    }
  }

  private func rules(
    _ compilation: Compilation, _ network: NamedNetwork?, demandsSYN: Bool,
    _ session: KernelSession
  ) throws -> NodeRules {
    switch ruleset.backend {
    case .nftables:
      var options = try ruleset.nftables(compilation, node: ruleset.node, network)
      options.demandsSYN = demandsSYN
      return .nftables(lower(compilation.graph, options).ruleset)
    case .iptables:
      var options = try ruleset.iptables(compilation, node: ruleset.node, network)
      options.demandsSYN = demandsSYN
      let filter = try loweredToIptables(compilation.graph, options).filter
      let tools = try IptablesTools(variant.iptablesVariant, in: session.namespace)
      return .iptables(filter, tools.variant)
    }
  }

  private func preview(
    _ wanted: NodeRules, _ compilation: Compilation, _ session: KernelSession, _ dryRun: DryRun
  ) throws {
    let differences = try session.session.preview(wanted, asksKernel: dryRun == .kernel)
    let names = PodNames([compilation.graph], [wanted])
    let report = DifferenceReport(
      from: "kernel", to: manifests.files.joined(separator: " "), node: ruleset.node,
      tables: differences.map { DifferenceText($0, names) }, meaning: nil, sources: nil,
      names: names)
    try Console.result(report.text(hasColour: colour.isOn, countsOnly: false))
    if dryRun == .kernel, !differences.isEmpty {
      switch wanted {
      case .nftables: Console.note("kernel accepts the transaction (checked, not committed)")
      case .iptables:
        Console.note("kernel accepts the rules (loaded in a private namespace, not here)")
      }
    }
  }

  private func apply(_ wanted: NodeRules, cutting: Bool, _ session: KernelSession) throws {
    let confirmation =
      confirmWithin == nil && probe.isEmpty
      ? nil
      : Confirmation(
        session: session, options: kernel, within: confirmWithin, probes: probe.map(\.probe),
        confirmsItself: yes || confirmWithin == nil, cuts: cutting)
    let start = ContinuousClock.now
    let change = try session.session.apply(wanted, pending: confirmation?.prepare)
    let words = ChangeText(change)
    if change.isEmpty {
      Console.note("generation \(change.to): the kernel holds it already, nothing sent")
    } else {
      let time = (ContinuousClock.now - start).milliseconds
      let tools = try words.tools(of: wanted, in: session.namespace)
      Console.note(
        "generation \(change.from) -> \(change.to) \(words.steps)\(tools), \(time) ms")
    }
    words.sayRest()
    // Also when nothing was sent: an apply before this may have kept them, or been killed.
    if cutting { try cutFlows(deniedBy: wanted, in: session.namespace) }
    if !change.isEmpty { try confirmation?.settle(change) }
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
