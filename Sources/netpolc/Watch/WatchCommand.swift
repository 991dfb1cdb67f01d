import ArgumentParser
import Backends
import Compiler
import Denials
import Diagnostics
import Host
import Options
import PolicyModel

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show what this node's rules let pass and deny, as it happens.",
    discussion: """
      Shows what each rule counts, with the policy and line that it comes from: on a terminal a \
      table that is drawn again every --interval, elsewhere a line for each rule that counted more. \
      Only the first packet of a connection meets the rules.

      With --denies it listens to the packets that rules of apply --deny-log send to an nflog group, \
      and prints a line for each: both ends, and the policies that isolate the one that was \
      protected; also for what audited policies would deny. Names of pods and policies come from -f then. Rules send at most 20 a second, and at \
      most 10 a second of each namespace are shown. A group has one reader at a time. Exits 1 when \
      something was denied meanwhile.

      Needs root. Ends with Ctrl-C or --for.

      EXAMPLES
        netpolc watch
        netpolc watch --policy shop/db --interval 5s
        netpolc watch --denies -f manifests/
        netpolc watch --denies -f manifests/ --namespace shop --for 60s -o json
      """)

  @Flag(help: "Show denied packets, one by one.")
  var denies = false

  @OptionGroup var listening: ListenOptions

  @OptionGroup var audit: AuditOptions

  @Option(help: ArgumentHelp("Only what concerns this policy.", valueName: "namespace/name"))
  var policy: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Only what concerns policies of this namespace.", valueName: "namespace"))
  var namespace: String?

  @Option(help: ArgumentHelp("How often to look at counters.", valueName: "time"))
  var interval: TimeSpan?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long to watch; until Ctrl-C, if not given.", valueName: "time"))
  var time: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "The group that rules send to, as apply was told; 100, if not given.", valueName: "number"))
  var nflogGroup: UInt16?

  @OptionGroup var colour: ColourOptions

  @OptionGroup var talk: TalkOptions

  func validate() throws {
    if denies, interval != nil {
      throw ValidationError("--interval is about counters, which --denies does not show")
    }
    if !denies, nflogGroup != nil {
      throw ValidationError("--nflog-group is where --denies listens; give that as well")
    }
    if !denies, !listening.files.isEmpty {
      throw ValidationError("-f names the ends of what --denies shows; give that as well")
    }
    if audit.isGiven, listening.files.isEmpty {
      throw ValidationError("--audit-annotation is about the policies that -f gives")
    }
    if let policy, policy.split(separator: "/", omittingEmptySubsequences: false).count != 2 {
      throw ValidationError("\(policy) is no policy: NAMESPACE/NAME")
    }
  }

  func run() throws {
    try KernelSession.reporting {
      if denies { try watchDenials() } else { try watchCounters() }
    }
  }

  private func watchCounters() throws {
    let rules = try CountedRules(listening.namespace())
    let every = interval?.seconds ?? 1
    Console.note("watching   every \(every) s, until \(time.map { "\($0.seconds) s" } ?? "Ctrl-C")")
    try CounterWatch(
      interval: .seconds(every), end: time.map { .now + .seconds($0.seconds) },
      isJSON: listening.output == .json, includes: { isAsked($0.policies) }
    ).follow(rules)
  }

  private func watchDenials() throws {
    let graph = try compiled(
      listening.files.isEmpty ? [] : try InputFiles.read(listening.files),
      audit: audit.annotation,
      for: Scope(node: nil)
    ).graph
    try DenialWatch(
      group: nflogGroup ?? DenyLogging().group, seconds: time?.seconds,
      isJSON: listening.output == .json, hasColour: colour.isOn,
      hasNames: !listening.files.isEmpty,
      includes: { isAsked($0.policies.map(\.reference.qualifiedName)) }
    ).follow(graph, in: try listening.namespace())
  }

  /// - Parameter policies: by `NAMESPACE/NAME`.
  private func isAsked(_ policies: [String]) -> Bool {
    (policy.map(policies.contains) ?? true)
      && (namespace.map { name in policies.contains { $0.hasPrefix("\(name)/") } } ?? true)
  }
}
