import APISource
import ArgumentParser
import Glibc
import Host
import KubernetesAPI
import Options

/// Writes what a cluster has.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Write a cluster's policies, pods, namespaces and nodes to a file.",
    discussion: """
      Only fields that say something about policy are written: no environment, no commands, no \
      volumes, and no other objects. The file is a List in JSON, one object a line, that every \
      command of netpolc reads with -f, and that is the same for the same objects.

      EXAMPLES
        netpolc snapshot > cluster.json
        netpolc snapshot --context prod -o cluster.json
        netpolc list -f cluster.json

      EXIT STATUS
        0  written
        3  the API server cannot be used
        64 wrong usage
      """)

  @OptionGroup var cluster: ClusterOptions

  @OptionGroup var audit: AuditOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write to; standard output, if not given.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: ArgumentHelp("How many seconds to try.", valueName: "seconds"))
  var timeout = 60.0

  func validate() throws {
    if !(1...3600).contains(timeout) {
      throw ValidationError("--timeout is between 1 and 3600 seconds")
    }
  }

  func run() throws {
    let log = AgentLog()
    do {
      let client = try APIClient(
        cluster.access(log), userAgent: "netpolc-agent/\(agentVersion)")
      defer { try? client.closeNow() }
      let taking = try ClusterSnapshot(client, audit: audit.annotation)
      let text = try taking.text(within: .milliseconds(Int(timeout * 1000)))
      if let output {
        try writeFile(output, text)
      } else {
        try Host.write(text, to: STDOUT_FILENO, name: "standard output")
      }
    } catch let code as ExitCode {
      throw code
    } catch {
      log.fail("\(error)")
      throw ExitCode(3)
    }
  }
}
