import BenchSupport

/// The commands of a reviewer, each as a whole process that reads JSON and prints its result.
struct AnalysisBench {
  let program: String
  let netpolc: String
  let scratch: ScratchDirectory

  private struct Size {
    let pods: Int
    let namespaces: Int
    let policies: Int

    var text: String { "\(pods) pods, \(namespaces) namespaces, \(policies) policies" }
  }

  func rows() throws -> [[String]] {
    let sizes = [
      Size(pods: 1_000, namespaces: 50, policies: 200),
      Size(pods: 20_000, namespaces: 400, policies: 2_000),
    ]
    return try sizes.flatMap { size -> [[String]] in
      let whole = try scratch.generate(
        pods: size.pods, namespaces: size.namespaces, policies: size.policies, "whole", program)
      let less = try scratch.generate(
        pods: size.pods, namespaces: size.namespaces, policies: size.policies - 1, "less", program)
      return [
        try row("list", size, ["list", "-f", whole]),
        try row("list -o json", size, ["list", "-f", whole, "-o", "json"]),
        try row("lint", size, ["lint", "-f", whole, "--fail-on", "none"]),
        try row(
          "review", size, ["review", "--from", whole, "--to", less, "--fail-on", "none"]),
      ]
    }
  }

  private func row(_ name: String, _ size: Size, _ arguments: [String]) throws -> [String] {
    let run = try measure([netpolc] + arguments)
    return [
      name, size.text, "\((run.milliseconds / 1000).short) s", "\(run.peakMemory.short) MB",
    ]
  }
}
