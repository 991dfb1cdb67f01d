import Analysis
import Apply
import ArgumentParser
import Backends
import Compiler
import Diagnostics
import Host
import Iptables
import Masquerade
import Netfilter
import Nftables
import Options
import PolicyModel

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what differs between two rulesets.",
    discussion: """
      A side is dir:PATH, git:REV[:PATH], or a path: a directory or file of manifests, or a \
      file of rules as netpolc or nft list wrote them, with --backend iptables a script as netpolc \
      compile printed it; - is standard input, and kernel is what the \
      kernel holds. Exits 0 when there is no difference, 1 when there is.

      EXAMPLES
        netpolc diff --from git:main --to dir:manifests --node worker-1
        netpolc diff --from worker-1.nft --to manifests --node worker-1
        netpolc diff --from git:main:manifests --to manifests --semantic
        netpolc diff --from manifests --to kernel --node worker-1
        netpolc diff --from worker-1.sh --to kernel --backend iptables
      """)

  @Option(help: ArgumentHelp("The old side.", valueName: "side"), completion: .file())
  var from: InputReference

  @Option(help: ArgumentHelp("The new side.", valueName: "side"), completion: .file())
  var to: InputReference = .path(".")

  @OptionGroup var audit: AuditOptions
  @OptionGroup var ruleset: RulesetOptions
  @OptionGroup var variant: VariantOptions

  @Option(
    help: ArgumentHelp(
      "Whose kernel: a network namespace by its path, or its name in ip netns.",
      valueName: "path|name"), completion: .file())
  var netns: String?

  @Flag(help: "Say whether the meaning differs: exits 0 when every packet gets the same verdict.")
  var semantic = false

  @Flag(help: "Print only the counts.")
  var stat = false

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  @OptionGroup var colour: ColourOptions

  @OptionGroup var talk: TalkOptions

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func validate() throws {
    try variant.check(isIptables: ruleset.backend == .iptables)
    if variant.iptablesVariant != nil, ![from, to].contains(where: \.isKernel) {
      throw ValidationError("--iptables-variant says whose rules, and neither side is kernel")
    }
    try ruleset.masquerade.requireRules("diff")
    try ruleset.network.requireName()
    if from.isStandardInput, to.isStandardInput {
      throw ValidationError("only one side can be standard input")
    }
    if stat, output == .json {
      throw ValidationError("--stat counts for people; json has the objects to count")
    }
    if netns != nil, ![from, to].contains(where: \.isKernel) {
      throw ValidationError("--netns says whose kernel, and neither side is kernel")
    }
  }

  func run() throws {
    let old = try side(from)
    let new = try side(to)
    if old.graph == nil, new.graph == nil, ruleset.isAboutCompiling || audit.isGiven {
      throw Console.fail(
        "--deny, --deny-log, --fail-closed, --host-egress, --cni, --anti-spoof and "
          + "--audit-annotation are about compiling; "
          + "both sides are rules already", .badInput)
    }
    let names = PodNames([old.graph, new.graph].compactMap(\.self), [old.rules, new.rules])
    let tables = difference(old, new).map { DifferenceText($0, names) }
    let meaning = try semantic ? meaning(old, new) : nil
    let sources =
      semantic && ruleset.masquerade.isGiven
      ? differences(from: old.masquerade, to: new.masquerade) : nil
    let report = DifferenceReport(
      from: from.text, to: to.text, node: ruleset.node, tables: tables, meaning: meaning,
      sources: sources, names: names)
    switch output {
    case .text:
      try Console.result(report.text(hasColour: colour.isOn, countsOnly: stat))
    case .json: try Console.result(report.json.text)
    }
    let differs = meaning.map { !$0.isEmpty || !(sources ?? []).isEmpty } ?? !tables.isEmpty
    if differs { throw ExitCode.finding }
  }

  private func meaning(_ old: Side, _ new: Side) throws -> [MeaningDifference] {
    guard let before = old.graph, let after = new.graph else {
      throw Console.fail(
        "--semantic compares policies, and rules have none; give manifests on both sides",
        .badInput)
    }
    return differences(from: before, to: after)
  }

  private struct Side {
    let rules: NodeRules
    /// nil for a file of rules, and for the kernel.
    var graph: PolicyGraph?
    var masquerade: NodeMasquerade?
    /// What rules of others are around; nil for what is no kernel.
    var installed: InstalledFilter?
  }

  private func difference(_ old: Side, _ new: Side) -> [RulesDifference] {
    switch (old.rules, new.rules) {
    case (.nftables(let old), .nftables(let new)):
      return old.difference(to: new).parts
    case (.iptables(let before, _), .iptables(let after, _)):
      let before = old.installed ?? InstalledFilter(filter: before)
      let after = new.installed ?? InstalledFilter(filter: after)
      return before.difference(to: after).map { .iptables($0) }
    case (.nftables, .iptables), (.iptables, .nftables):
      preconditionFailure("both sides are of the same backend")
    }
  }

  private func side(_ reference: InputReference) throws -> Side {
    switch try reference.read() {
    case .kernel:
      return try KernelSession.reporting {
        try kernel(in: try netns.map { try NetworkNamespace($0) } ?? NetworkNamespace.own())
      }
    case .rules(let path, let text):
      guard ruleset.backend == .nftables else {
        throw Console.fail("\(path) has rules of nftables; leave --backend iptables out", .badInput)
      }
      do {
        return Side(rules: .nftables(try Ruleset(parsing: text)))
      } catch {
        throw Console.fail("\(path):\(error)", .badInput)
      }
    case .script(let path, let text):
      guard ruleset.backend == .iptables else {
        throw Console.fail(
          "\(path) is a script, which has rules of iptables; give --backend iptables", .badInput)
      }
      do {
        return Side(rules: .iptables(try PacketFilter(parsingScript: text), shownVariant))
      } catch {
        throw Console.fail("\(path):\(error)", .badInput)
      }
    case .manifests(let files):
      var diagnostics = Diagnostics()
      let compilation = Progress.during("compiling \(reference.text)") {
        compile(files, audit: audit.annotation, for: ruleset.scope, &diagnostics)
      }
      try DiagnosticPrinter(files).check(diagnostics, of: reference.text)
      guard let compilation else { throw ExitCode.badInput }
      return try side(compilation)
    }
  }

  private func side(_ compilation: Compilation) throws -> Side {
    let network = try ruleset.network.usable()
    switch ruleset.backend {
    case .nftables:
      let options = try ruleset.nftables(
        compilation, node: ruleset.node, network, needsPools: false)
      return Side(
        rules: .nftables(lower(compilation.graph, options).ruleset), graph: compilation.graph,
        masquerade: options.masquerade)
    case .iptables:
      let options = try ruleset.iptables(
        compilation, node: ruleset.node, network, needsPools: false)
      return Side(
        rules: .iptables(try loweredToIptables(compilation.graph, options).filter, shownVariant),
        graph: compilation.graph, masquerade: options.masquerade)
    }
  }

  private func kernel(in namespace: NetworkNamespace) throws -> Side {
    switch ruleset.backend {
    case .nftables:
      return Side(rules: .nftables(try NetlinkKernel(in: namespace).read(table: "netpolc").ruleset))
    case .iptables:
      let tools = try IptablesTools(variant.iptablesVariant, in: namespace)
      let installed = try tools.list().installed()
      return Side(rules: .iptables(installed.filter, tools.variant), installed: installed)
    }
  }

  /// Rules are the same for either; only a kernel's are in one of them.
  private var shownVariant: IptablesVariant { variant.iptablesVariant ?? .nft }
}
