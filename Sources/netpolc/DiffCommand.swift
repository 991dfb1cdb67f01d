import Analysis
import ArgumentParser
import Backends
import Compiler
import Diagnostics
import Host
import Masquerade
import Netfilter
import Nftables
import PolicyModel

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show what differs between two rulesets.",
    discussion: """
      A side is dir:PATH, git:REV[:PATH], or a path: a directory or file of manifests, or a \
      file of rules as netpolc or nft list wrote them; - is standard input, and kernel is what the \
      kernel holds. Exits 0 when there is no difference, 1 when there is.

      EXAMPLES
        netpolc diff --from git:main --to dir:manifests --node worker-1
        netpolc diff --from worker-1.nft --to manifests --node worker-1
        netpolc diff --from git:main:manifests --to manifests --semantic
        netpolc diff --from manifests --to kernel --node worker-1
      """)

  @Option(help: ArgumentHelp("The old side.", valueName: "side"), completion: .file())
  var from: InputReference

  @Option(help: ArgumentHelp("The new side.", valueName: "side"), completion: .file())
  var to: InputReference = .path(".")

  @OptionGroup var ruleset: RulesetOptions

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
    try ruleset.requireNftables("diff")
    try ruleset.masquerade.requireRules("diff")
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
    if old.graph == nil, new.graph == nil, ruleset.isAboutCompiling {
      throw Console.fail(
        "--deny, --deny-log, --fail-closed, --host-egress and --anti-spoof are about compiling; "
          + "both sides are rules already", .badInput)
    }
    let rules = old.ruleset.difference(to: new.ruleset)
    let meaning = try semantic ? meaning(old, new) : nil
    let sources =
      semantic && ruleset.masquerade.isGiven
      ? differences(from: old.masquerade, to: new.masquerade) : nil
    let report = DifferenceReport(
      from: from.text, to: to.text, node: ruleset.node, rules: rules, meaning: meaning,
      sources: sources,
      names: PodNames([old.graph, new.graph].compactMap(\.self), [old.ruleset, new.ruleset]))
    switch output {
    case .text:
      try Console.result(report.text(hasColour: colour.isOn, countsOnly: stat))
    case .json: try Console.result(report.json.text)
    }
    let differs = meaning.map { !$0.isEmpty || !(sources ?? []).isEmpty } ?? !rules.isEmpty
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
    let ruleset: Ruleset
    /// nil for a file of rules, and for the kernel.
    let graph: PolicyGraph?
    var masquerade: NodeMasquerade?
  }

  private func side(_ reference: InputReference) throws -> Side {
    switch try reference.read() {
    case .kernel:
      let installed = try KernelSession.reporting {
        try NetlinkKernel(in: try netns.map { try NetworkNamespace($0) }).read(table: "netpolc")
      }
      return Side(ruleset: installed.ruleset, graph: nil)
    case .rules(let path, let text):
      do {
        return Side(ruleset: try Ruleset(parsing: text), graph: nil)
      } catch {
        throw Console.fail("\(path):\(error)", .badInput)
      }
    case .manifests(let files):
      var diagnostics = Diagnostics()
      let compilation = Progress.during("compiling \(reference.text)") {
        compile(files, for: ruleset.scope, &diagnostics)
      }
      try DiagnosticPrinter(files).check(diagnostics, of: reference.text)
      guard let compilation else { throw ExitCode.badInput }
      let options = try ruleset.nftables(
        compilation, node: ruleset.node, needsPools: false)
      return Side(
        ruleset: lower(compilation.graph, options).ruleset, graph: compilation.graph,
        masquerade: options.masquerade)
    }
  }
}
