import ArgumentParser
import Backends
import Compiler
import Denials
import Diagnostics
import Host
import NetSets
import Netfilter
import Nftables
import PolicyModel

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show what this node's rules deny, as it happens.",
    discussion: """
      Listens to the packets that rules of apply --deny-log send to an nflog group, and prints a \
      line for each: both ends, and the policies that isolate the one that was protected. Names \
      of pods and policies come from -f. Rules send at most 20 a second, and at most 10 a second \
      of each namespace are shown. A group has one reader at a time. Needs root. Ends with Ctrl-C \
      or --for; exits 0 when nothing was denied meanwhile, 1 when something was.

      EXAMPLES
        netpolc watch --denies -f manifests/
        netpolc watch --denies -f manifests/ --for 60s -o json
      """)

  @Flag(help: "Show denied packets.")
  var denies = false

  @Option(
    name: [.short, .customLong("filename")], parsing: .singleValue,
    help: ArgumentHelp(
      "Manifests that name pods and policies: a file, a directory, a pattern, or -; repeatable.",
      valueName: "path"), completion: .file())
  var files: [String] = []

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long to listen; until Ctrl-C, if not given.", valueName: "time"))
  var time: TimeSpan?

  @Option(
    help: ArgumentHelp("The group that rules send to, as apply was told.", valueName: "number"))
  var nflogGroup = DenyLogging().group

  @Option(
    help: ArgumentHelp(
      "Listen in another network namespace, by its path or its name in ip netns.",
      valueName: "path|name"), completion: .file())
  var netns: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  @OptionGroup var colour: ColourOptions

  @OptionGroup var talk: TalkOptions

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func validate() throws {
    if !denies { throw ValidationError("nothing to watch; give --denies") }
  }

  func run() throws {
    let graph = try compiled(
      files.isEmpty ? [] : try InputFiles.read(files), for: Scope(node: nil)
    ).graph
    try KernelSession.reporting {
      let namespace = try netns.map { try NetworkNamespace($0) } ?? NetworkNamespace.own()
      let log = try PacketLog(group: nflogGroup, in: namespace)
      try announce(namespace)
      try follow(log, graph, namespace)
    }
  }

  private func follow(
    _ log: PacketLog, _ graph: PolicyGraph, _ namespace: NetworkNamespace
  ) throws {
    let end = time.map { ContinuousClock.now + .seconds($0.seconds) }
    var reporter = DenyReporter()
    var lost = 0
    while end.map({ ContinuousClock.now < $0 }) ?? true {
      let reading = try log.read(within: 100)
      lost += reading.lost
      for packet in reading.packets {
        let record = try namespace.enter {
          reporter.record(
            of: packet, at: .now(), by: graph, interfaceName: { interfaceName($0) })
        }
        guard let record else { continue }
        try Console.result(
          output == .json ? record.json.line + "\n" : record.text(hasColour: colour.isOn) + "\n")
      }
    }
    sayWhatIsMissing(reporter, lost: lost)
    if reporter.reported > 0 { throw ExitCode.finding }
  }

  private func sayWhatIsMissing(_ reporter: DenyReporter, lost: Int) {
    if reporter.suppressed > 0 {
      Console.say("\(reporter.suppressed) denied packets of namespaces with many were left out")
    }
    if lost > 0 { Console.say("\(lost) logged packets were not read in time") }
    if reporter.foreign > 0 {
      Console.say(
        "\(reporter.foreign) packets in nflog group \(nflogGroup) were logged by rules of others")
    }
  }

  /// Also says when nothing is to be expected.
  private func announce(_ namespace: NetworkNamespace) throws {
    let until = time.map { "\($0.seconds) s" } ?? "Ctrl-C"
    Console.note("listening  to nflog group \(nflogGroup), until \(until)")
    if files.isEmpty { Console.note("pods and policies have no names here without -f") }
    let tables = try NetlinkKernel(in: namespace).read(table: "netpolc").ruleset.tables
    let logs = tables.flatMap(\.chains).flatMap(\.rules).flatMap(\.statements).contains {
      switch $0 {
      case .log(_, let group): group == Int(nflogGroup)
      case .counter, .namedCounter, .limit, .updateFlow: false
      }
    }
    if !tables.isEmpty, !logs {
      Console.say(
        "the rules of this node log nothing to group \(nflogGroup); apply them with --deny-log")
    }
  }
}
