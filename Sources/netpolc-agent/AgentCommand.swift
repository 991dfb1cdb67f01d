import APISource
import Agent
import Apply
import ArgumentParser
import Backends
import CNI
import Compiler
import Doctor
import Glibc
import Host
import KubernetesAPI
import Masquerade
import Options

let agentVersion = "0.1.0"

/// The node agent.
@main
struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "netpolc-agent",
    abstract: "Keep this node's rules as the policies of a cluster want them.",
    discussion: """
      Follows the objects of a source and gives the kernel what each change changes, in one \
      transaction. Nothing is changed before all objects have come; rules stay when the agent ends, \
      unless --on-exit remove.

      Without --source the API server is asked: that of --kubeconfig or $KUBECONFIG, or, in a pod, \
      that of its cluster.

      Each option can be set in a file (--config) or by an environment variable, too: --node-name is \
      node-name there and NETPOLC_NODE_NAME here. The command line counts more than the environment, \
      that more than the file. When the file changes, or on SIGHUP, log-level, deny-log, \
      deny-log-rate, nflog-group and policy-metrics are taken anew; all others at the next start.

      EXAMPLES
        netpolc-agent --node-name worker-1 --kubeconfig /etc/netpolc/kubeconfig
        netpolc-agent --node-name worker-1 --source dir:/etc/netpolc/manifests
        netpolc-agent --node-name worker-1 --source dir:manifests --once
        netpolc-agent --config agent.yaml --print-config
        curl 'http://127.0.0.1:10268/readyz?verbose'
        netpolc status

      EXIT STATUS
        0  ended as told, by SIGTERM, SIGINT or --once
        3  the kernel, the state directory or the API server cannot be used, or another agent is at
           work
        64 wrong usage
      """,
    version: agentVersion, subcommands: [SnapshotCommand.self])

  @Option(
    help: ArgumentHelp(
      "Options of a file: a YAML mapping of their names to values. Default: /etc/netpolc/agent.yaml, if there is one.",
      valueName: "file"), completion: .file())
  var config: String?

  @Flag(help: "Print all options as such a file, with where each was set, and end.")
  var printConfig = false

  @Option(help: "The node to enforce for. Default: $NODE_NAME.")
  var nodeName: String?

  @Option(
    help: ArgumentHelp(
      "Where objects come from: cluster; dir:PATH, a directory of manifests; or snapshot:FILE. Files are followed.",
      valueName: "source"))
  var source = SourceArgument.cluster

  @OptionGroup var cluster: ClusterOptions

  @OptionGroup var audit: AuditOptions

  @Option(
    help:
      "How many seconds to go without looking at what tells nothing: a directory, sets of ipset, rules of iptables-legacy."
  )
  var resync = 600.0

  @Option(
    help: ArgumentHelp(
      "How many seconds to wait for a source at a start in a kernel without rules, before those that were in force last are put back.",
      valueName: "seconds"))
  var startTimeout = 10.0

  @Option(
    help:
      "The firewall to work in; auto is nftables, if the kernel has it. iptables comes with sets of ipset."
  )
  var backend = ChosenBackend.auto

  @OptionGroup var variant: VariantOptions

  @Option(help: "What becomes of addresses of this node's pod CIDRs that no known pod has.")
  var defaultActionUnknownPods = UnknownPods.allow

  @Option(help: "Whether policies decide what pods send to their own node.")
  var hostEgress = HostEgress.allow

  @Option(help: "How denied connections are answered.")
  var deny = NftablesOptions.Deny.drop

  @OptionGroup var masquerade: MasqueradeOptions

  @Flag(help: "Write denied packets to standard output, as a line of JSON each.")
  var denyLog = false

  @Flag(
    help:
      "Tell of denied packets by Events of the pods whose policies denied them, for kubectl describe."
  )
  var denyEvents = false

  @Option(
    help: ArgumentHelp(
      "How many denied packets a second are told of, for each namespace.", valueName: "number"))
  var denyLogRate = 10

  @Option(
    help: ArgumentHelp(
      "The nflog group that they come by. It can have one reader.", valueName: "number"))
  var nflogGroup: UInt16 = 100

  @Option(
    help: "Whether metrics tell what each policy's rules let pass and denied, or each rule's.")
  var policyMetrics = AgentSettings.PolicyMetrics.policy

  @Option(help: "Whether open connections that become denied are ended.")
  var established = Established.cut

  @Option(
    help:
      "What is done about others who change our rules: put right at once, looked for every second, or left until the next change."
  )
  var drift = AgentSettings.Drift.watch

  @Option(
    help: ArgumentHelp(
      "How many milliseconds changes may wait for others, to be one transaction.",
      valueName: "ms"))
  var applyIntervalMax = 100

  @Option(help: "What becomes of the rules when the agent ends.")
  var onExit = OnExit.keep

  @Flag(help: "End after the first transaction.")
  var once = false

  @Option(
    help: ArgumentHelp("Where generations and the lock are kept.", valueName: "dir"),
    completion: .directory)
  var stateDir = "/var/lib/netpolc"

  @Option(
    help: ArgumentHelp(
      "Work in another network namespace, by its path or its name in ip netns.",
      valueName: "path|name"), completion: .file())
  var netns: String?

  @OptionGroup var network: NetworkOptions

  @OptionGroup var spoofing: SpoofOptions

  @OptionGroup var serving: ServingOptions

  @OptionGroup var log: LogOptions

  enum UnknownPods: String, ExpressibleByArgument, CaseIterable {
    case allow
    case deny
  }

  enum OnExit: String, ExpressibleByArgument, CaseIterable {
    case keep
    case remove
  }

  func validate() throws {
    try masquerade.requireRules("the agent")
    try spoofing.check(network.named)
    try variant.check(isIptables: backend != .nftables)
    if spoofing.isOn, backend == .iptables {
      throw ValidationError("--anti-spoof is made for nftables only; leave --backend iptables out")
    }
    if !(0...3600).contains(startTimeout) {
      throw ValidationError("--start-timeout is between 0 and 3600 seconds")
    }
    if once, onExit == .remove {
      throw ValidationError(
        "--once --on-exit remove would take away what it has just made; netpolc uninstall removes "
          + "rules")
    }
    if denyEvents, case .manifests = source {
      throw ValidationError(
        "--deny-events are written to an API server: they need --source cluster")
    }
    if !(1...1000).contains(denyLogRate) {
      throw ValidationError("--deny-log-rate is between 1 and 1000 a second")
    }
    if resync < 1 { throw ValidationError("--resync is at least 1 second") }
    if !(1...10_000).contains(applyIntervalMax) {
      throw ValidationError("--apply-interval-max is between 1 and 10000 ms")
    }
  }

  static func main() {
    do {
      let configuration = try Configuration(Array(CommandLine.arguments.dropFirst()))
      var command = try configuration.command()
      if let agent = command as? AgentCommand {
        try agent.run(configuration)
      } else {
        try command.run()
      }
    } catch let failure as SettingFailure {
      try? Host.write("\(failure)\n", to: STDERR_FILENO, name: "standard error")
      exit(withError: ExitCode.validationFailure)
    } catch {
      exit(withError: error)
    }
  }

  private func run(_ configuration: Configuration) throws {
    if printConfig { return print(configuration.text, terminator: "") }
    let log = AgentLog(log.logLevel, log.logFormat)
    do {
      guard let node = nodeName ?? environment("NODE_NAME") else {
        throw ValidationError("name the node: --node-name, or NODE_NAME in the environment")
      }
      // Before anything else, so that no signal is missed.
      let signals = try SignalQueue([SIGTERM, SIGINT, SIGHUP])
      let namespace = try netns.map { try NetworkNamespace($0) } ?? NetworkNamespace.own()
      // Where rules would be without effect, there are to be none.
      let network = try self.network.usable(on: NodeFacts(of: namespace))
      try masquerade.requireSoleTranslator(network)
      let duties = Duties(
        firewall: try backend.firewall(variant.iptablesVariant, in: namespace),
        masquerade: try masquerade.request(), guarded: try spoofing.interfaces(network?.profile))
      try duties.check()
      let record = try NodeRecord(of: namespace, below: stateDir)
      let board = StatusBoard(
        AgentStatus(node: node, namespace: try namespace.inode, started: wallClock()))
      let questions = try Questions()
      let server = try serving.serve(board, questions, log)
      defer { try? server.close() }
      let reload = Reload(configuration, log)
      let links = AgentLinks(
        board: board, questions: questions, report: log.write,
        newSettings: { reload.command(isTold: $0)?.settings(node, duties) })
      switch source {
      case .manifests(let path):
        let source = try DirectorySource(
          path, audit: audit.annotation, resync: .milliseconds(Int(resync * 1000)))
        var loop = try AgentLoop(
          settings(node, duties), source, in: namespace, record: record, links: links)
        try loop.run(until: signals)
      case .cluster:
        let client = try APIClient(cluster.access(log), userAgent: "netpolc-agent/\(agentVersion)")
        defer { try? client.closeNow() }
        let source = try APISource(
          client, audit: audit.annotation, followsPools: duties.masquerade?.translator == .pools,
          denyEvents: denyEvents ? DenyEventWriter(client, node: node, warn: log.warn) : nil)
        var loop = try AgentLoop(
          settings(node, duties), source, in: namespace, record: record, links: links)
        try loop.run(until: signals)
      }
    } catch let held as FileLock.Held {
      let holder = held.process > 0 ? "process \(held.process)" : "another process"
      log.fail("\(holder) has the lock of \(stateDir): one agent a node")
      throw ExitCode(3)
    } catch let error as ValidationError {
      throw error
    } catch let code as ExitCode {
      throw code
    } catch {
      log.fail("\(error)")
      throw ExitCode(3)
    }
  }

  /// The rules send far more than is written, so that a flood in one namespace leaves room for what
  /// others have.
  private var denyLogging: DenyLogging? {
    denyLog || denyEvents ? DenyLogging(group: nflogGroup, perSecond: 500, burst: 1000) : nil
  }

  /// What is to be done besides deciding by policies, as it was asked for at the start.
  private struct Duties {
    let firewall: Apply.Firewall
    let masquerade: MasqueradeRequest?
    let guarded: PodInterfaces?

    /// Refuses what iptables cannot do.
    func check() throws(OptionRefusal) {
      if firewall == .nftables { return }
      if guarded != nil {
        throw OptionRefusal("--anti-spoof is made for nftables only, which this kernel has not")
      }
      if let reason = masquerade?.reasonNotInIptables { throw OptionRefusal(reason) }
    }
  }

  private func settings(_ node: String, _ duties: Duties) -> AgentSettings {
    AgentSettings(
      node: node,
      scope: Scope(
        node: node, policesOwnNode: hostEgress == .enforce,
        failsClosed: defaultActionUnknownPods == .deny),
      options: NftablesOptions(deny: deny, denyLog: denyLogging, node: node),
      firewall: duties.firewall, masquerade: duties.masquerade, guarded: duties.guarded,
      cutsFlows: established == .cut,
      coalescing: .milliseconds(applyIntervalMax),
      resync: .milliseconds(Int(resync * 1000)),
      drift: drift, startPatience: .milliseconds(Int(startTimeout * 1000)), once: once,
      leavesRules: onExit == .keep, reportsDenials: denyLog, deniesPerSecond: denyLogRate,
      policyMetrics: policyMetrics)
  }
}

extension AgentSettings.PolicyMetrics: ExpressibleByArgument {}
extension AgentSettings.Drift: ExpressibleByArgument {}

/// `cluster`, `dir:PATH` or `snapshot:FILE`
enum SourceArgument: ExpressibleByArgument {
  case cluster
  /// A directory of manifests, or one file.
  case manifests(String)

  init?(argument: String) {
    if argument == "cluster" {
      self = .cluster
    } else if let prefix = ["dir:", "snapshot:"].first(where: argument.hasPrefix),
      argument.count > prefix.count
    {
      self = .manifests(String(argument.dropFirst(prefix.count)))
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "cluster" }
}
