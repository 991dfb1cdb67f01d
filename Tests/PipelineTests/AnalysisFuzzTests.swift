import Analysis
import Compiler
import Diagnostics
import Lint
import Manifests
import NetSets
import PolicyModel
import Reports
import TestSupport
import Testing

/// Damaged clusters through what reviewers run: whatever can be compiled can be listed, compared
/// with the one before, and linted.
@Suite struct AnalysisFuzzTests {
  private static let seeds: [JSON] = fuzzSeeds.flatMap { text in
    var diagnostics = Diagnostics()
    let file = ManifestFile(path: "seed.yaml", bytes: Array(text.utf8))
    return parseManifest(file, &diagnostics).map { JSON($0) }
  }

  @Test(arguments: 0..<8)
  func `any cluster is linted, and listed and reviewed when it compiles`(_ part: Int) {
    let seed = UInt64(part) &* 0x51_7CC1 &+ 3
    var mutator = Mutator(seed: seed, seeds: Self.seeds)
    var before: ReviewSide?
    var reviewed = 0
    for number in 0..<1500 {
      let text = mutator.documents().map(\.text).joined()
      let file = ManifestFile(path: "fuzz.json", bytes: Array(text.utf8))
      for found in lint(LintInput([file])).findings {
        let finding = found.finding
        #expect(
          !finding.message.isEmpty && finding.location.map { $0.line > 0 } ?? true,
          "seed \(seed), input \(number): \(finding.rule)")
      }
      var diagnostics = Diagnostics()
      guard let compilation = compile([file], for: Scope(), &diagnostics) else { continue }
      var connectivity = Connectivity(compilation.graph)
      let limit = mutator.below(2) == 0 ? 0 : Int.max
      let list = ConnectionList(&connectivity, ConnectionList.Selection(limit: limit))
      for connection in list.connections {
        let names = [list.name(connection.from), list.name(connection.to)]
        #expect(
          !connection.traffic.isEmpty && !names.contains(""), "seed \(seed), input \(number)")
      }
      let side = ReviewSide(graph: compilation.graph, policies: compilation.input.policies)
      if let before {
        let review = Review(from: before, to: side, limit: limit)
        #expect(
          review.changes.allSatisfy { !$0.causes.isEmpty },
          "seed \(seed), input \(number):\n\(text)")
        reviewed += review.changes.isEmpty ? 0 : 1
      }
      before = side
    }
    #expect(reviewed > 100)
  }
}
