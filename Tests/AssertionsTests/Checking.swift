import Assertions
import Compiler
import Diagnostics
import Kubernetes
import Manifests
import PolicyModel
import TestSupport

/// Tests given as text, each an item of `tests:`, read and held against a graph.
struct Checking {
  private var checker: AssertionChecker

  init(_ graph: PolicyGraph, policies: [TierPolicy] = []) {
    checker = AssertionChecker(graph, policies: policies, onHostNetwork: ["kube-system/proxy"])
  }

  init(_ manifests: String) throws {
    let compilation = try compileText(manifests)
    self.init(compilation.graph, policies: compilation.input.policies)
  }

  var coverage: Coverage { checker.coverage }

  mutating func check(_ tests: [String]) -> (results: [AssertionResult], said: [String]) {
    var diagnostics = Diagnostics()
    let assertions = readAssertions(Checking.file(tests), &diagnostics)
    let results = assertions.compactMap { checker.check($0, &diagnostics) }
    return (results, diagnostics.sorted.map(\.headline))
  }

  mutating func holds(_ test: String) throws -> Bool {
    let (results, said) = check([test])
    guard let result = results.first, said.isEmpty else { throw Unreadable(said: said) }
    return result.holds
  }

  /// What is said about a test, and nothing where it could be held.
  mutating func said(_ test: String) -> [String] { check([test]).said }

  static func file(_ tests: [String]) -> ManifestFile {
    let text = (["schema: netpolc.test/v1", "tests:"] + tests.map { "- \($0)" })
      .joined(separator: "\n")
    return ManifestFile(path: "t.yaml", bytes: Array(text.utf8))
  }
}

struct Unreadable: Error {
  let said: [String]
}
