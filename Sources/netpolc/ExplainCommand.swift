import Analysis
import ArgumentParser
import Backends
import Compiler
import Diagnostics
import Manifests
import NetSets
import Nftables
import PolicyModel

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say whether a connection is allowed, by which line, and what came near.",
    discussion: """
      SOURCE and DESTINATION are NAMESPACE/POD, NAMESPACE/WORKLOAD, an address, or internet; PORT is \
      5432, 53/UDP, 9000/SCTP or icmp. Exits 0 when the connection is allowed, 1 when it is denied. \
      pod NAMESPACE/NAME says what isolates a pod or workload and what its rules let through; policy \
      NAMESPACE/NAME says whom a policy selects and whom its rules name.

      EXAMPLES
        netpolc explain -f manifests/ shop/report kube-system/coredns 53/UDP
        netpolc explain -f manifests/ internet shop/web 8080 --rules
        netpolc explain -f manifests/ pod shop/db
        netpolc explain -f manifests/ --flows flows.jsonl
      """)

  @Argument(help: ArgumentHelp("Where the connection starts.", valueName: "source"))
  var source: String?

  @Argument(help: ArgumentHelp("Where it ends.", valueName: "destination"))
  var destination: String?

  @Argument(help: ArgumentHelp("To which port.", valueName: "port"))
  var port: String?

  @OptionGroup var manifests: ManifestOptions

  @OptionGroup var ruleset: RulesetOptions

  @Option(
    help: ArgumentHelp(
      """
      Explain every connection of a file, one JSON object a line such as \
      {"from":"shop/web","to":"10.0.0.1","port":443}, \
      or with a "protocol" other than TCP, with one answer a line.
      """, valueName: "file"), completion: .file())
  var flows: String?

  @Flag(help: "Show the nft rules that decide.")
  var rules = false

  @Option(help: ArgumentHelp("How many near misses to show.", valueName: "number"))
  var nearMisses = 5

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func validate() throws {
    try ruleset.requireNftables("explain")
    if flows != nil, source != nil {
      throw ValidationError("--flows has its own sources and destinations")
    }
    if flows == nil, port == nil, object == nil {
      throw ValidationError(
        "give SOURCE, DESTINATION and PORT, or pod or policy with a name, or --flows FILE")
    }
  }

  /// What `explain pod NAME` and `explain policy NAME` ask about.
  private var object: (kind: String, name: String)? {
    guard port == nil, let source, let destination, ["pod", "policy"].contains(source) else {
      return nil
    }
    return (source, destination)
  }

  func run() throws {
    let compilation = try manifests.compiled(for: ruleset.scope)
    let reader = PartyReader(compilation.graph)
    if let flows {
      try FlowAnswers(graph: compilation.graph, reader: reader).answer(flows)
      return
    }
    if let object {
      let text = ObjectExplanation(graph: compilation.graph, input: compilation.input)
      try Console.result(
        object.kind == "pod"
          ? text.pod(try reader.party(object.name)) : try text.policy(object.name))
      return
    }
    guard let source, let destination, let port else { throw ExitCode.badInput }
    let (from, to) = try reader.pair(source, destination)
    let layer4 = try PortArgument(port).layer4(from, to)
    let explanation = compilation.graph.explanation(from: from, to: to, layer4)
    switch output {
    case .json:
      let json = explanation.decision.json(in: compilation.graph)
      guard case .object(let members) = json else { throw ExitCode.environment }
      try Console.result(
        JSON.object(
          [
            ("schema", "netpolc.explain/v1"), ("from", .string(reader.name(from))),
            ("to", .string(reader.name(to))), ("port", .string(port)),
          ] + members
        ).text)
    case .text:
      let text = ExplanationText(
        explanation: explanation, graph: compilation.graph, source: reader.name(from),
        destination: reader.name(to),
        nearMisses: Array(near(compilation, explanation, from, to, layer4).prefix(nearMisses)),
        rules: rules ? decidingRules(compilation, explanation) : [])
      try Console.result(text.text)
    }
    if !explanation.isAllowed { throw ExitCode.finding }
  }

  private func near(
    _ compilation: Compilation, _ explanation: Explanation, _ from: Party, _ to: Party,
    _ layer4: Connection.Layer4
  ) -> [NearMissPolicy] {
    let scope = ruleset.scope
    let egress =
      explanation.egress.verdict.isAllowed
      ? [] : NearMissPolicy.find(compilation, scope, .egress, of: from, with: to, layer4)
    let ingress =
      explanation.ingress.verdict.isAllowed
      ? [] : NearMissPolicy.find(compilation, scope, .ingress, of: to, with: from, layer4)
    return egress + ingress
  }

  /// The rules of the ruleset that stand for the deciding parts of policies.
  private func decidingRules(_ compilation: Compilation, _ explanation: Explanation) -> [String] {
    let (ruleset, sources) = lower(compilation.graph, ruleset.nftables(node: ruleset.node))
    let deciding = [explanation.egress, explanation.ingress].compactMap { side -> Provenance? in
      switch side.verdict {
      case .allowed(let provenance), .denied(let provenance): provenance
      case .notPoliced, .notIsolated, .exempt, .isolated, .unknownPod: nil
      }
    }
    return sources.entries.filter { deciding.contains($0.provenance) }.compactMap { entry in
      let table = ruleset.tables.first { $0.family == entry.family }
      guard let chain = table?.chains.first(where: { $0.name == entry.chain }) else { return nil }
      let rule = chain.rules[entry.rule]
      return "\(entry.family.nftName) netpolc \(entry.chain)   \(rule.text(family: entry.family))"
    }
  }
}
