import ArgumentParser
import Diagnostics
import Doctor
import Host
import NetSets
import Options

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say whether policy would hold on this node, and what to mend.",
    discussion: """
      Looks at how pods are attached, where their packets pass, who else filters or translates them, \
      and what the kernel takes. Nothing is changed. What cannot be found out is said to be unknown.

      Exits 0 when policy would hold, 1 when it would not, and 3 when that cannot be told.

      EXAMPLES
        netpolc doctor
        netpolc doctor --fix-commands > mend.sh
        netpolc doctor --root /host -o json
      """)

  @Flag(help: "Print only the commands that mend what was found, as a script. None is run.")
  var fixCommands = false

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  @Option(
    help: ArgumentHelp("The container network, if it is not to be found out.", valueName: "cni"))
  var cni = NetworkChoice.auto

  @Option(
    help: ArgumentHelp(
      "The addresses of all nodes' pods, where no file says it. Can be repeated.",
      valueName: "cidr"))
  var clusterCidr: [Prefix] = []

  @Option(
    help: ArgumentHelp(
      "Look at another network namespace, by its path or its name in ip netns.",
      valueName: "path|name"), completion: .file())
  var netns: String?

  @Option(
    help: ArgumentHelp(
      "Where the node's files are, such as /host in a pod that has the node's / there.",
      valueName: "dir"), completion: .directory)
  var root: String?

  @OptionGroup var colour: ColourOptions

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  struct Prefix: ExpressibleByArgument {
    let prefix: IPPrefix

    init?(argument: String) {
      guard let spelling = WrittenPrefix(argument) else { return nil }
      prefix = spelling.prefix
    }
  }

  func validate() throws {
    if fixCommands, output == .json {
      throw ValidationError("--fix-commands prints a script: -o json has the commands as well")
    }
  }

  func run() throws {
    let examination = Examination(try node())
    switch output {
    case .text where fixCommands:
      try Console.result(FixScript(examination, namespace: netns).text)
    case .text: try Console.result(DoctorText(examination, hasColour: colour.isOn).text)
    case .json: try Console.result(DoctorJSON(examination).json.text)
    }
    switch examination.verdict {
    case .holds: break
    case .fails: throw ExitCode.finding
    case .unknown: throw ExitCode.environment
    }
  }

  private func node() throws -> Node {
    do {
      if let root, try kind(of: root) != .directory {
        throw Console.fail("\(root) is no directory", .badInput)
      }
      return try Node(
        of: NodeSource(root: root, namespace: try netns.map { try NetworkNamespace($0) }),
        profile: cni.profile, clusterNetworks: clusterCidr.map(\.prefix))
    } catch let failure as SystemFailure {
      throw Console.fail("\(failure)", .environment)
    }
  }
}
