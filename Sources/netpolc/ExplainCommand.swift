import Analysis
import ArgumentParser
import Backends
import Compiler
import Diagnostics
import Iptables
import Manifests
import NetSets
import Nftables
import Options
import PolicyModel

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say whether a connection is allowed, by which line, and what came near.",
    discussion: """
      SOURCE and DESTINATION are NAMESPACE/POD, NAMESPACE/WORKLOAD, or NAMESPACE/WORKLOAD[KIND] where \
      several have a name, an address, or internet; PORT is 5432, 53/UDP, 9000/SCTP or icmp. Exits 0 when the connection is allowed, 1 when it is denied. \
      pod NAMESPACE/NAME says what isolates a pod or workload and what its rules let through; policy \
      NAMESPACE/NAME says whom a policy selects and whom its rules name.

      EXAMPLES
        netpolc explain -f manifests/ shop/report kube-system/coredns 53/UDP
        netpolc explain -f manifests/ internet shop/web 8080 --rules --backend iptables
        netpolc explain -f manifests/ shop/web 198.51.100.7 443 --nat --masq-from 10.244.0.0/16
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

  @Flag(help: "Show the rules of nftables, or of --backend iptables, that decide.")
  var rules = false

  @Flag(
    help: "Say by which source address the connection leaves the node of its source, and why.")
  var nat = false

  @Option(
    name: .customLong("out-iface"),
    help: ArgumentHelp("By which interface it leaves, for --nat.", valueName: "name"))
  var outInterface: String?

  @Option(help: ArgumentHelp("How many near misses to show; 5, if not given.", valueName: "number"))
  var nearMisses: Int?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How to print it; text, and json for --flows, if not given.", valueName: "format"))
  var output: Format?

  @OptionGroup var talk: TalkOptions

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func validate() throws {
    if !rules, ruleset.backend != .nftables {
      throw ValidationError("--backend changes nothing but what --rules shows")
    }
    if flows != nil, source != nil {
      throw ValidationError("--flows has its own sources and destinations")
    }
    if flows == nil, port == nil, object == nil {
      throw ValidationError(
        "give SOURCE, DESTINATION and PORT, or pod or policy with a name, or --flows FILE")
    }
    if flows != nil, output == .text {
      throw ValidationError("--flows answers in json, an object a line")
    }
    if flows != nil || object != nil, rules || nearMisses != nil || nat {
      throw ValidationError("--rules, --nat and --near-misses are about one connection")
    }
    // A node's graph lacks the policies of other nodes, so that it would call their pods open.
    if object != nil, ruleset.node != nil {
      throw ValidationError(
        "--node is about connections: a pod or policy is tied to the same anywhere")
    }
    if let nearMisses, nearMisses < 0 {
      throw ValidationError("--near-misses needs a number from 0")
    }
    if outInterface != nil, !nat {
      throw ValidationError("--out-iface changes nothing but what --nat says")
    }
    if !nat, !rules, ruleset.masquerade.isGiven {
      throw ValidationError("--masq and the like change nothing but what --nat and --rules show")
    }
    if ruleset.spoofing.isOn {
      throw ValidationError(
        "--anti-spoof is about addresses that are not the sender's, and explain takes them as given"
      )
    }
    if ruleset.network.named != nil || ruleset.network.isForced {
      throw ValidationError(
        "--cni is about making rules; what policies mean is the same in every network")
    }
    if !rules, ruleset.changesDenial {
      throw ValidationError("--deny and --deny-log change nothing but what --rules shows")
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
      try explain(object, compilation, reader)
      return
    }
    guard let source, let destination, let port else { throw ExitCode.badInput }
    let (from, to) = try reader.pair(source, destination)
    let layer4 = try PortArgument(port).layer4(from, to)
    TunnelNote(from: from, to: to, compilation)?.say()
    let explanation = compilation.graph.explanation(from: from, to: to, layer4)
    let text = ExplanationText(
      explanation: explanation, graph: compilation.graph,
      source: reader.name(from, by: source), destination: reader.name(to, by: destination),
      port: port,
      nearMisses: Array(near(compilation, explanation, from, to, layer4).prefix(nearMisses ?? 5)),
      nat: nat
        ? try SourceExplanation(
          from: from, to: to, layer4, ruleset, outInterface: outInterface, compilation) : nil,
      rules: rules ? try decidingRules(compilation, explanation) : nil)
    switch output ?? .text {
    case .json: try Console.result(text.json.text)
    case .text: try Console.result(text.text)
    }
    if !explanation.isAllowed { throw ExitCode.finding }
  }

  private func explain(
    _ object: (kind: String, name: String), _ compilation: Compilation, _ reader: PartyReader
  ) throws {
    let result: (text: String, json: JSON)
    if object.kind == "pod" {
      let party = try reader.party(object.name)
      let name = reader.name(party, by: object.name)
      guard let index = party.endpoint else {
        throw Console.fail("\(name) is no pod of the input: no policy selects it", .badInput)
      }
      let pod = PodExplanation(
        graph: compilation.graph, endpoint: compilation.graph.endpoints[index], name: name)
      result = (pod.text, pod.json)
    } else {
      let policy = try PolicyExplanation(object.name, compilation)
      result = (policy.text, policy.json)
    }
    switch output ?? .text {
    case .json: try Console.result(result.json.text)
    case .text: try Console.result(result.text)
    }
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
  private func decidingRules(
    _ compilation: Compilation, _ explanation: Explanation
  ) throws -> [String] {
    let deciding = [explanation.egress, explanation.ingress].compactMap { side -> Provenance? in
      switch side.verdict {
      case .allowed(let provenance), .denied(let provenance): provenance
      case .notPoliced, .notIsolated, .exempt, .isolated, .audited, .unknownPod: nil
      }
    }
    func entries(_ sources: SourceMap) -> [SourceMap.Entry] {
      sources.entries.filter { deciding.contains($0.provenance) }
    }
    switch ruleset.backend {
    case .nftables:
      let (rules, sources) = lower(
        compilation.graph, try ruleset.nftables(compilation, node: ruleset.node, nil))
      return entries(sources).compactMap { entry in
        let table = rules.tables.first { $0.family == entry.family }
        guard let chain = table?.chains.first(where: { $0.name == entry.chain }) else { return nil }
        let rule = chain.rules[entry.rule].text(family: entry.family)
        return "\(entry.family.nftName) netpolc \(entry.chain)   \(rule)"
      }
    case .iptables:
      let (filter, sources) = try loweredToIptables(
        compilation.graph, try ruleset.iptables(compilation, node: ruleset.node, nil))
      return entries(sources).compactMap { entry in
        let chains = filter.table(entry.family)?.chains
        guard let chain = chains?.first(where: { $0.name == entry.chain }) else { return nil }
        let rule = chain.rules[entry.rule].text(entry.family)
        return "\(entry.family.command) -A \(entry.chain) \(rule)"
      }
    }
  }
}
