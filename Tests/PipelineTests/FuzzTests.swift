import Backends
import Compiler
import Diagnostics
import Iptables
import Manifests
import Nftables
import PolicyModel
import TestSupport
import Testing

/// Damaged clusters through the whole pipeline: each is refused with reasons, or becomes a ruleset
/// that nft would take.
@Suite struct FuzzTests {
  static let parts = 12
  static let inputsPerPart = 5000

  private static let seeds: [JSON] = fuzzSeeds.flatMap { text in
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "seed.yaml", bytes: Array(text.utf8))
    return parseManifest(file, &diagnostics).map { JSON($0) }
  }

  @Test func `every seed is read`() { #expect(Self.seeds.count == fuzzSeeds.count) }

  @Test(arguments: 0..<parts)
  func `any cluster is refused with reasons or compiled`(_ part: Int) {
    let seed = UInt64(part) &* 0x9E37_79B9 &+ 7
    var mutator = Mutator(seed: seed, seeds: Self.seeds)
    var compiled = 0
    for number in 0..<Self.inputsPerPart {
      let file = file(of: mutator.documents(), isYAML: mutator.below(8) == 0)
      let scope = Scope(
        node: mutator.below(2) == 0 ? "n1" : nil, policesOwnNode: mutator.below(2) == 0,
        failsClosed: mutator.below(4) == 0)
      let options = NftablesOptions(
        deny: mutator.below(2) == 0 ? .drop : .reject,
        denyLog: mutator.below(2) == 0 ? DenyLogging() : nil,
        node: scope.node, setLimit: mutator.below(4) == 0 ? 1 : 900)
      switch outcome(of: file, scope, options) {
      case .refused: break
      case .compiled: compiled += 1
      case .wrong(let complaint):
        let text = String(decoding: file.bytes, as: UTF8.self)
        Issue.record("seed \(seed), input \(number), \(file.path): \(complaint)\n\(text)")
        return
      }
    }
    // Damage that is always noticed would test nothing but reading.
    #expect(compiled > Self.inputsPerPart / 10)
  }

  private func file(of documents: [JSON], isYAML: Bool) -> ManifestFile {
    let text = documents.map(\.text).joined(separator: isYAML ? "---\n" : "")
    return ManifestFile(path: isYAML ? "fuzz.yaml" : "fuzz.json", bytes: Array(text.utf8))
  }
}

enum Outcome: Equatable {
  case refused
  case compiled
  /// And why.
  case wrong(String)
}

/// What comes of a file, and whether that is as it must be.
func outcome(of file: ManifestFile, _ scope: Scope, _ options: NftablesOptions) -> Outcome {
  var diagnostics = Diagnostics()
  let compilation = compile([file], for: scope, &diagnostics)
  for diagnostic in diagnostics.all {
    if let complaint = complaint(about: diagnostic) {
      return .wrong("\(complaint): \(diagnostic.headline.debugDescription)")
    }
  }
  guard let compilation else {
    return diagnostics.hasErrors ? .refused : .wrong("no result and no error")
  }
  if diagnostics.hasErrors { return .wrong("a result besides errors") }
  let (ruleset, sources) = lower(compilation.graph, options)
  if let problem = ruleset.problems.first { return .wrong(problem) }
  for entry in sources.entries where entry.provenance.location.line < 1 {
    return .wrong("a rule from nowhere")
  }
  if let problem = filterProblem(compilation.graph, setLimit: options.setLimit) {
    return .wrong("iptables: \(problem)")
  }
  do {
    return try Ruleset(parsing: ruleset.text) == ruleset
      ? .compiled : .wrong("reads back as another ruleset")
  } catch {
    return .wrong("does not read back: \(error)")
  }
}

/// What is wrong with the graph's rules of iptables, if anything is.
private func filterProblem(_ graph: PolicyGraph, setLimit: Int) -> String? {
  let filter = lower(graph, IptablesOptions(setLimit: setLimit)).filter
  if let problem = filter.problems.first { return problem }
  // The shell must see the three texts end where they do, and nowhere else.
  let marks = filter.script.split(separator: "\n").count { $0 == "NETPOLC" }
  return marks == 3 ? nil : "\(marks) texts in the script"
}

/// Codes of what is said about the input as a whole.
private let placeless: Set<String> = ["unknown-node", "no-pod-cidr"]

private func complaint(about diagnostic: Diagnostic) -> String? {
  if diagnostic.code.name.isEmpty { return "no code" }
  if diagnostic.message.isEmpty { return "no message" }
  if diagnostic.message.count >= 400 { return "a long message" }
  if diagnostic.headline.count >= 1000 { return "a long headline" }
  if (diagnostic.hint?.count ?? 0) >= 400 { return "a long hint" }
  for text in [diagnostic.headline, diagnostic.hint ?? ""]
  where text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
    return "control characters"
  }
  guard let location = diagnostic.location else {
    return placeless.contains(diagnostic.code.name) ? nil : "no place"
  }
  return location.line >= 1 && location.column >= 1 ? nil : "a place outside of the file"
}
