import ArgumentParser
import Glibc
import Host

/// What speaks to API servers is a program of its own, so that this one stays small.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Write a cluster's policies, pods, namespaces and nodes to a file.",
    discussion: """
      Done by netpolc-agent, which is looked for beside netpolc and on PATH, and gets all options. \
      See netpolc-agent snapshot --help.

      EXAMPLES
        netpolc snapshot > cluster.json
        netpolc snapshot --context prod -o cluster.json
        netpolc list -f cluster.json
      """)

  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("Options of netpolc-agent snapshot.", valueName: "option"))
  var options: [String] = []

  func run() throws {
    if options == ["--help"] || options == ["-h"] { throw CleanExit.helpRequest(self) }
    guard let agent = programBeside("netpolc-agent") ?? findExecutable("netpolc-agent") else {
      throw Console.fail(
        "netpolc-agent, which asks API servers, is neither beside netpolc nor on PATH",
        .environment)
    }
    throw Console.fail("\(replaceProcess(by: [agent, "snapshot"] + options))", .environment)
  }
}
