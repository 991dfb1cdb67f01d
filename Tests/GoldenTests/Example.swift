import Backends
import Compiler
import Diagnostics
import Host
import Iptables
import Manifests
import Nftables
import PolicyModel

/// A folder of manifests in `examples/`, as the command line would be given it. Folders of folders
/// are sets of small cases, whose outputs nobody would read: they have tests beside them, which
/// `AssertionsTests` hold them against, or are those of `LintExample`. `examples/ci` holds no
/// manifests, and has folders too.
struct Example: Sendable, CustomStringConvertible {
  let name: String

  static let all: [Example] =
    (try? Repository.names(in: "examples"))?
    .filter { Repository.isDirectory("examples/\($0)") && !isSet("examples/\($0)") }
    .map { Example(name: $0) } ?? []

  private static func isSet(_ path: String) -> Bool {
    (try? Repository.names(in: path))?.contains { Repository.isDirectory("\(path)/\($0)") } ?? false
  }

  var description: String { name }

  /// Where its outputs are kept.
  var golden: String { "golden/\(name)" }

  func files() throws -> [ManifestFile] {
    try Repository.files(below: "examples/\(name)").map {
      ManifestFile(path: $0, bytes: try Repository.read($0))
    }
  }

  /// What is kept of it, by file name.
  func outputs() throws -> [(file: String, text: String)] {
    let files = try files()
    let (graph, diagnostics) = try Example.compiled(files)
    return [
      ("diagnostics.txt", rendered(diagnostics, files)), ("graph.txt", graph.text),
      ("iptables.sh", lower(graph, IptablesOptions()).filter.script),
      ("nftables.nft", Example.ruleset(graph).text),
    ]
  }

  /// Compiles as `netpolc compile` does without options: every pod is local.
  static func compiled(
    _ files: [ManifestFile]
  ) throws -> (graph: PolicyGraph, diagnostics: Diagnostics) {
    var diagnostics = Diagnostics()
    guard let compilation = compile(files, for: Scope(), &diagnostics) else {
      throw ExampleFailure(description: diagnostics.sorted.map(\.headline).joined(separator: "\n"))
    }
    return (compilation.graph, diagnostics)
  }

  func ruleset() throws -> Ruleset { Example.ruleset(try Example.compiled(try files()).graph) }

  static func ruleset(_ graph: PolicyGraph) -> Ruleset { lower(graph, NftablesOptions()).ruleset }
}

/// An example that does not compile.
struct ExampleFailure: Error, CustomStringConvertible {
  let description: String
}

/// Diagnostics as the command line prints them.
func rendered(_ diagnostics: Diagnostics, _ files: [ManifestFile]) -> String {
  diagnostics.sorted.map { diagnostic in
    let file = files.first { $0.path == diagnostic.location?.file }
    let line = diagnostic.location.flatMap { file?.line($0.line) }
    return diagnostic.render(sourceLine: line) + "\n"
  }.joined()
}
