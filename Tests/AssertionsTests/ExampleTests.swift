import Assertions
import Compiler
import Diagnostics
import Host
import Kubernetes
import Manifests
import PolicyModel
import Testing

/// Sets of policies with known answers: the recipes that everybody copies, and the end-to-end cases
/// of Kubernetes. Each is a folder of manifests with tests beside them.
@Suite struct ExampleTests {
  struct Example: Sendable, CustomStringConvertible {
    let folder: String
    /// Manifests that several share.
    var shared: [String] = []

    var description: String { folder }

    static let all: [Example] =
      folders("recipes").map { Example(folder: $0) }
      + folders("e2e").map { Example(folder: $0, shared: ["examples/e2e/cluster.yaml"]) }

    private static func folders(_ set: String) -> [String] {
      let all = (try? names(in: "\(root)/examples/\(set)")) ?? []
      return all.filter { !$0.contains(".") }.map { "examples/\(set)/\($0)" }
    }

    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
      .dropLast(3).joined(separator: "/")

    func file(_ path: String) throws -> ManifestFile {
      ManifestFile(path: path, bytes: try readFile("\(Example.root)/\(path)"))
    }

    func assertions(_ diagnostics: inout Diagnostics) throws -> [Assertion] {
      readAssertions(try file("\(folder)/netpol-tests.yaml"), &diagnostics)
    }

    /// The folder as it is, tests and all, as `-f` would be given it.
    func input(_ diagnostics: inout Diagnostics) throws -> Input {
      let own = try names(in: "\(Example.root)/\(folder)").map { "\(folder)/\($0)" }
      return readInput(try (own + shared).map(file), &diagnostics)
    }
  }

  /// Policies that allow what is allowed without them, by folder and name.
  private static let withoutEffect = [
    "examples/e2e/16-allow-all allow-all": "an open pod stays open without it",
    "examples/e2e/20a-before-the-update allow-all": "an open pod stays open without it",
    "examples/e2e/31b-ingress-allow-all-wins allow-80": "the other policy allows all",
    "examples/e2e/32b-egress-allow-all-wins allow-80": "the other policy allows all",
    "examples/e2e/37-directions-are-independent allow-egress": "open egress stays open without it",
  ]

  @Test func `there are recipes and cases`() {
    #expect(Example.all.count { $0.folder.contains("recipes") } == 14)
    let cases = Example.all.filter { $0.folder.contains("e2e") }
      .compactMap { $0.folder.split(separator: "/").last?.prefix(2) }
    #expect(Set(cases).count == 48)
  }

  @Test(arguments: Example.all)
  func `the policies of an example are as its tests say`(_ example: Example) throws {
    var diagnostics = Diagnostics()
    let assertions = try example.assertions(&diagnostics)
    let input = try example.input(&diagnostics)
    let results = check(assertions, input.policies, input.cluster, &diagnostics)
    #expect(diagnostics.all.map(\.headline) == [])
    #expect(!results.isEmpty && results.count == assertions.count)
    for result in results {
      #expect(result.holds, "\(result.assertion.name): \(result.violations)")
    }
  }

  @Test(arguments: Example.all)
  func `without any of its policies some test of an example fails`(_ example: Example) throws {
    var diagnostics = Diagnostics()
    let assertions = try example.assertions(&diagnostics)
    let input = try example.input(&diagnostics)
    for policy in input.policies {
      let others = input.policies.filter { $0.reference != policy.reference }
      let results = check(assertions, others, input.cluster, &diagnostics)
      let name = "\(example) \(policy.reference.name)"
      #expect(results.allSatisfy(\.holds) == (Self.withoutEffect[name] != nil), "\(name)")
    }
  }

  private func check(
    _ assertions: [Assertion], _ policies: [TierPolicy], _ cluster: Cluster,
    _ diagnostics: inout Diagnostics
  ) -> [AssertionResult] {
    let graph = resolve(policies, in: cluster, for: Scope(), &diagnostics)
    var checker = AssertionChecker(graph, policies: policies, onHostNetwork: [])
    return assertions.compactMap { checker.check($0, &diagnostics) }
  }
}
