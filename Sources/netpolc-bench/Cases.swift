import Backends
import BenchSupport
import Compiler
import Diagnostics
import Host
import Manifests
import Nftables

/// The work of each case, timed inside its own process: the median of several runs.
enum Case: String, CaseIterable {
  case readJSON = "read-json"
  case readYAML = "read-yaml"
  case compileNode = "compile-node"

  /// Prints megabytes a second, or milliseconds.
  func run(file: String) throws {
    let bytes = try readFile(file)
    switch self {
    case .readJSON, .readYAML:
      let name = self == .readJSON ? "bench.json" : "bench.yaml"
      let time = try median(of: 5) {
        var diagnostics = Diagnostics()
        let documents = parseManifest(ManifestFile(path: name, bytes: bytes), &diagnostics)
        guard !documents.isEmpty else { throw BenchFailure(description: "nothing read") }
      }
      print((Double(bytes.count) / 1000 / time).short)
    case .compileNode:
      var diagnostics = Diagnostics()
      let input = readInput([ManifestFile(path: "bench.json", bytes: bytes)], &diagnostics)
      let time = try median(of: 7) {
        let scope = Scope(node: "node-1")
        let graph = resolve(input.policies, in: input.cluster, for: scope, &diagnostics)
        let text = lower(graph, NftablesOptions(node: "node-1")).ruleset.text
        guard text.utf8.count > 10_000 else { throw BenchFailure(description: "nothing compiled") }
      }
      print(time.short)
    }
  }

  private func median(of count: Int, _ body: () throws -> Void) rethrows -> Double {
    var times: [Double] = []
    for _ in 0..<count {
      let start = ContinuousClock.now
      try body()
      times.append((ContinuousClock.now - start).milliseconds)
    }
    return times.sorted()[count / 2]
  }
}
