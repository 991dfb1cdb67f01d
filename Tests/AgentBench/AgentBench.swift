import ArgumentParser
import BenchSupport
import Glibc
import Host

/// `make bench-agent`: what the node agent costs, as a whole process that follows an API server over
/// TLS. The server is this program; each case has a process and a network namespace of its own, so
/// that nothing of the server counts as the agent's.
@main
struct AgentBench {
  /// The server answers in other threads meanwhile.
  @MainActor static func main() async throws {
    let options = Options.parseOrExit()
    if let work = options.inside {
      do {
        for row in try await work.rows(options) { print(row.line) }
      } catch {
        try write("\(work.rawValue): \(error)\n", to: STDERR_FILENO, name: "standard error")
        exit(1)
      }
      return
    }
    guard geteuid() == 0 else {
      throw BenchFailure(description: "only root may make the network namespaces of the cases")
    }
    print(Row("case", "size", "measured", "target").line)
    var hasFailed = false
    for work in options.cases.isEmpty ? AgentCase.allCases : options.cases {
      let namespace = try NetworkNamespace()
      let result = try namespace.enter {
        _ = try runProcess(["ip", "link", "set", "lo", "up"])
        return try runProcess(CommandLine.arguments + ["--inside", work.rawValue])
      }
      print(result.output, terminator: "")
      try write(result.errors, to: STDERR_FILENO, name: "standard error")
      hasFailed = hasFailed || !result.succeeded
    }
    if hasFailed { exit(1) }
  }
}

/// How much is measured.
struct Options: ParsableArguments {
  @Option(help: "Pods of the cluster; a tenth of it are policies, and 250 are on the node.")
  var pods = 10_000

  @Option(help: "Pods of the cluster that memory is measured with.")
  var manyPods = 100_000

  @Option(help: "How often an agent is started, of each size.")
  var runs = 5

  @Option(help: "Single changes of each kind.")
  var changes = 300

  @Option(help: "Changes of pods a second, when there are many.")
  var rate = 1000

  @Option(help: "For how many seconds.")
  var seconds = 20

  @Option(help: "How the server gives its objects: streams or pages.")
  var lists = Lists.streams

  @Option(help: "The agent; the one beside this program, if not given.")
  var agent = "\(ownDirectory)/netpolc-agent"

  @Argument(help: "Cases; all, if none is given.")
  var cases: [AgentCase] = []

  @Option(help: .hidden)
  var inside: AgentCase?

  enum Lists: String, ExpressibleByArgument, CaseIterable {
    case streams
    case pages
  }

  func validate() throws {
    guard pods >= 1000, manyPods >= 1000 else {
      throw ValidationError("a cluster of less than 1,000 pods has too few policies to change")
    }
    guard runs > 0, changes >= 100, seconds > 0, rate >= 100 else {
      throw ValidationError("at least 1 run, 100 changes, 1 second, and 100 changes in each")
    }
  }
}

extension AgentCase: ExpressibleByArgument {}

private let ownDirectory = (CommandLine.arguments.first ?? "").split(
  separator: "/", omittingEmptySubsequences: false
).dropLast().joined(separator: "/")

/// A line of the table.
struct Row {
  private let cells: [String]

  init(_ name: String, _ size: String, _ figure: String, _ target: String = "") {
    cells = [name, size, figure, target]
  }

  var line: String {
    zip(cells, [32, 38, 44, 0]).map { cell, width in
      cell + String(repeating: " ", count: max(width - cell.count, 0))
    }.joined(separator: "  ")
  }
}
