import ArgumentParser
import Backends
import Compiler
import Diagnostics
import Host
import Kubernetes
import Manifests
import Nftables
import Options
import PolicyModel

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compile policies and pods to the ruleset of a node.",
    discussion: """
      Reads Kubernetes objects and prints a ruleset that nft -f loads, or with --backend iptables a \
      shell script that loads sets and rules with ipset and iptables-restore; -o DIR/ \
      writes its parts into files. Nothing is printed when the input has errors.

      EXAMPLES
        netpolc compile -f manifests/ --node worker-1 --check > worker-1.nft
        kubectl get ns,node,pod,netpol -A -o json | netpolc compile -f - --all-nodes d
        netpolc compile -f m/ --node w1 --backend iptables | ssh w1 sudo sh
        netpolc compile -f manifests/ -o graph
      """)

  @OptionGroup var manifests: ManifestOptions

  @OptionGroup var ruleset: RulesetOptions

  @Option(
    help: ArgumentHelp(
      "Write one ruleset a node, as DIR/NODE.nft; with iptables one script, as DIR/NODE.sh.",
      valueName: "dir"),
    completion: .directory)
  var allNodes: String?

  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp(
      "What to print; with =FILE into a file; repeatable.", valueName: "format"),
    completion: .list(OutputFormat.allValueStrings))
  var output: [OutputFormat] = []

  @Flag(help: "Print what was read and made, on standard error.")
  var stats = false

  @Option(
    help: ArgumentHelp(
      "Write a JSON file that maps each rule to the line it comes from.", valueName: "file"),
    completion: .file())
  var sourceMap: String?

  @Flag(help: "Load the result in a private network namespace, twice, and compare the listing.")
  var check = false

  @Flag(name: .shortAndLong, help: "List the kinds of objects that were skipped.")
  var verbose = false

  @OptionGroup var talk: TalkOptions

  func validate() throws {
    try ruleset.masquerade.requireRules("compile")
    try ruleset.network.requireName()
    if talk.quiet, stats || verbose {
      throw ValidationError("--quiet and what --stats and -v would say exclude each other")
    }
    let hasRules = output.isEmpty || output.contains { $0.kind == .nft } || stats || check
    if !hasRules, sourceMap == nil, ruleset.changesDenial {
      throw ValidationError("--deny and --deny-log are about rules, and none are made")
    }
    if !hasRules, sourceMap == nil, ruleset.spoofing.isOn {
      throw ValidationError("--anti-spoof is about rules, and none are made")
    }
    if !hasRules, sourceMap == nil, ruleset.network.named != nil {
      throw ValidationError("--cni is about rules, and none are made")
    }
    if allNodes != nil {
      if ruleset.node != nil { throw ValidationError("--all-nodes and --node exclude each other") }
      if ruleset.spoofing.isOfOneNode(ruleset.network.named) {
        throw ValidationError(
          "ports of bridges are those of one node; give --node instead of --all-nodes")
      }
      if !output.isEmpty || sourceMap != nil {
        throw ValidationError("--all-nodes writes rulesets only, without -o and --source-map")
      }
    }
    let other: OutputFormat.Kind = ruleset.backend == .nftables ? .iptables : .nft
    if output.contains(where: { $0.kind == other }) {
      throw ValidationError(
        "-o \(other.rawValue) is not what --backend \(ruleset.backend.rawValue) makes")
    }
    if output.filter({ $0.file == nil }).count > 1 {
      throw ValidationError("only one output goes to standard output; give the others a =FILE")
    }
  }

  func run() throws {
    if let allNodes {
      try compileAll(into: allNodes)
      return
    }
    let compilation = try manifests.compiled(for: ruleset.scope)
    report(compilation.input)
    let rules = try CompiledRules(compilation, ruleset, node: ruleset.node)
    if stats { Statistics(compilation, node: ruleset.node, rules).print() }
    if check { try rules.tryInKernel() }
    try write {
      if let sourceMap { try writeFile(sourceMap, rules.sources.json(rules.tableNames).text) }
      let byDefault = OutputFormat(kind: ruleset.backend == .nftables ? .nft : .iptables, file: nil)
      for format in output.isEmpty ? [byDefault] : output {
        if let directory = format.directory {
          try rules.writeParts(into: directory)
          continue
        }
        let text =
          switch format.kind {
          case .nft, .iptables: rules.text
          case .graph: compilation.graph.text
          case .graphJSON: compilation.graph.json.text
          }
        if let file = format.file { try writeFile(file, text) } else { try Console.result(text) }
      }
    }
  }

  private func compileAll(into directory: String) throws {
    let inputs = try InputFiles.read(manifests.files)
    let printer = DiagnosticPrinter(inputs)
    var diagnostics = Diagnostics()
    let input = Progress.during("reading objects") { readInput(inputs, &diagnostics) }
    if diagnostics.hasErrors { try printer.check(diagnostics) }
    report(input)
    let nodes = input.cluster.nodeNames
    if nodes.isEmpty {
      throw Console.fail("no Node object, and no pod that names its node", .badInput)
    }
    // Warnings about the cluster are the same for every node, and are said once.
    var index = ClusterIndex(input.cluster, &diagnostics)
    try printer.check(diagnostics)
    var rulesets: [(node: String, rules: CompiledRules)] = []
    for (number, node) in nodes.enumerated() {
      var own = Diagnostics()
      let graph = Progress.during(
        "compiling node \((number + 1).grouped) of \(nodes.count.grouped)"
      ) { resolve(input.policies, in: &index, for: ruleset.scope(node: node), &own) }
      try printer.check(own)
      let compilation = Compilation(input: input, graph: graph)
      let rules = try CompiledRules(compilation, ruleset, node: node)
      if stats { Statistics(compilation, node: node, rules).print() }
      if check { try rules.tryInKernel() }
      rulesets.append((node, rules))
    }
    try write {
      try makeDirectory(directory)
      for (node, rules) in rulesets {
        try writeFile("\(directory)/\(node).\(rules.fileExtension)", rules.text)
      }
    }
    Console.note(
      "wrote \(rulesets.count) ruleset\(rulesets.count == 1 ? "" : "s") to \(directory)")
  }

  private func write(_ body: () throws -> Void) throws {
    do { try body() } catch let failure as SystemFailure {
      throw Console.fail(failure.description, .environment)
    }
  }

  private func report(_ input: Input) {
    let workloads = input.cluster.workloads.count
    if workloads > 0 {
      Console.note(
        workloads == 1
          ? "skipped    1 workload, which has no addresses to compile"
          : "skipped    \(workloads) workloads, which have no addresses to compile")
    }
    let others = input.skipped.values.reduce(0, +)
    if others == 0 { return }
    Console.note(
      "skipped    \(others) object\(others == 1 ? "" : "s") of kinds that say nothing about policy"
        + (verbose ? "" : " (-v lists them)"))
    if !verbose { return }
    for (kind, count) in input.skipped.sorted(by: { $0.key < $1.key }) {
      Console.note("             \(count) \(kind)")
    }
  }
}
