import Apply
import Backends
import CNI
import Compiler
import Diagnostics
import Host
import Incremental
import NetSets
import Netfilter
import Nftables
import OpenFlows
import PolicyModel

/// Keeps one node as its source wants it: one thread, one turn after another, each of which takes
/// what has come and does what is due.
package struct AgentLoop<Source: ClusterSource & ~Copyable>: ~Copyable {
  var settings: AgentSettings
  let namespace: NetworkNamespace
  var source: Source
  var intake = Intake()
  var enforcer: Enforcer<NetlinkKernel>
  let record: NodeRecord
  /// For what is not about the one firewall that is kept.
  let session: Session<NetlinkKernel>
  /// Whether rules of ours may be in other firewalls, until the first of ours are in theirs.
  var movesRules: Bool
  let monitor: GenerationMonitor
  /// The one that the enforcer writes to; it tells our transactions from those of others.
  let kernel: NetlinkKernel
  /// Who changed nftables last, as far as the kernel told.
  var intruder: String?
  var denials: DenialLog?
  /// nil when no pod is guarded that is behind a bridge.
  let attachments: AttachmentDirectory?
  let report: (AgentEvent) -> Void
  let newSettings: (Bool) -> AgentSettings?
  let board: StatusBoard
  let questions: Questions
  var status: AgentStatus
  var counts = PacketCounts()

  var pending: [ClusterChange] = []
  var firstChange: ContinuousClock.Instant?
  var pace: Pace
  /// When to look for connections that are denied, for which the kernel goes through all that it has
  /// room for.
  var cuts = Pace(longest: .seconds(1), share: 16)
  /// When to look for those of pods that are gone, sooner: a change that gives one of their addresses
  /// to another waits for it.
  var forgets = Pace(longest: .seconds(1), share: 8)
  /// Addresses of pods that are gone, whose connections are still to be ended.
  var vacated: Set<IPAddress> = []
  /// Those whose connections are looked for.
  var searched: Set<IPAddress> = []
  let looker: FlowLooker
  var backoff = Backoff(from: .milliseconds(200), to: .seconds(30))
  /// Whether all objects have come.
  var isStarted = false
  /// What the kernel's rules isolated when the agent began, until all objects have come.
  var isolated: [Direction: Set<IPAddress>] = [:]
  /// Whether the kernel ever held what they want.
  var isReady = false
  var troubles = Troubles()
  var alarms = Alarms()

  /// Reads what is in the kernel, and changes nothing.
  package init(
    _ settings: AgentSettings, _ source: consuming Source, in namespace: NetworkNamespace,
    record: NodeRecord, links: AgentLinks
  ) throws {
    var options = settings.options
    let kernel = try NetlinkKernel(in: namespace)
    let isUntracked = try namespace.enter { forwardedUntracked() }
    let session = record.session(kernel, in: namespace)
    // Who works in nftables alone has no business with iptables.
    let movesRules =
      switch (settings.firewall, try record.firewall) {
      case (.iptables, _), (_, .iptables?): true
      case (.nftables, .nftables?), (.nftables, nil): false
      }
    let inTables = try kernel.read(table: "netpolc").ruleset
    let held = try movesRules ? session.installed() : inTables.isEmpty ? [] : [.nftables(inTables)]
    try checkAdoption(of: held, settings)
    for direction in Direction.allCases { isolated[direction] = inTables.isolated(direction) }
    // What was open before the kernel tracked anything must not be reset by a first set of rules.
    options.demandsSYN = !isUntracked || held.contains(where: \.demandsSYN)
    let attachments = try settings.guarded?.results.map {
      try AttachmentDirectory($0, isEmpty: inTables.bridge == nil)
    }
    options.antiSpoofing = settings.guarded.map {
      AntiSpoofing(routed: $0.routed, bridged: attachments?.bindings)
    }
    let monitor = try GenerationMonitor(in: namespace)
    let looker = try FlowLooker()
    let compiler = NodeCompiler(
      node: settings.node, scope: settings.scope, options: options, request: settings.masquerade)
    switch settings.firewall {
    case .nftables: enforcer = try Enforcer(compiler, kernel)
    case .iptables(let variant):
      let tools = try IptablesTools(variant, in: namespace)
      enforcer = Enforcer(
        compiler, ResidentFilter(tools, beside: kernel, resync: settings.resync))
    }
    self.looker = looker
    self.session = session
    self.movesRules = movesRules
    self.attachments = attachments
    self.monitor = monitor
    self.kernel = kernel
    self.settings = settings
    self.source = source
    self.namespace = namespace
    self.record = record
    report = links.report
    newSettings = links.newSettings
    board = links.board
    questions = links.questions
    status = links.board.status
    status.firewall = settings.firewall
    status.isStale = !held.isEmpty
    pace = Pace(longest: settings.coalescing)
    if !options.demandsSYN { alarms.demandSYN = .now + .seconds(60) }
    if held.isEmpty { alarms.restore = .now + settings.startPatience }
    report(
      .started(
        node: settings.node, firewall: settings.firewall, rules: held.isEmpty ? .nothing : .ours))
    if let logging = options.denyLog { denials = denialLog(logging) }
  }

  /// What is enforced does not depend on who reads of it.
  func denialLog(_ logging: DenyLogging) -> DenialLog? {
    do {
      return try DenialLog(logging, settings, in: namespace)
    } catch {
      report(.warning("denied packets are not told: \(error)"))
      return nil
    }
  }

  /// Takes turns until a signal comes, or, when told so, until the first transaction. SIGHUP ends
  /// nothing: it tells to look for new settings.
  package mutating func run(until signals: borrowing SignalQueue) throws {
    while true {
      if let signal = signals.next() {
        guard signal == SignalQueue.hangUp else { break }
        lookForSettings(isTold: true)
      }
      if try turn(), settings.once { break }
      try wait(signals.descriptor)
    }
    try stop()
  }

  private func wait(_ signals: Int32) throws {
    let due =
      ([source.due, attachments?.due].compactMap(\.self) + (isStarted ? work : alarms.beforeStart))
      .min()
    // A turn now and then without anything to do shows that it lives.
    let next = min(due ?? .now + .seconds(5), .now + .seconds(5))
    let milliseconds = Int(((next - .now) / .milliseconds(1)).rounded(.up))
    let descriptors = [
      source.descriptor, signals, monitor.descriptor, questions.descriptor, denials?.descriptor,
      attachments?.descriptor, looker.descriptor,
    ]
    _ = try readable(descriptors.compactMap(\.self), within: milliseconds)
  }

  /// When there is something to do once all objects have come.
  var work: [ContinuousClock.Instant] {
    [pace.due].compactMap(\.self) + alarms.all + (looker.isBusy ? [] : alarms.ofConnections)
  }

  /// - Returns: whether the kernel holds all that is known.
  private mutating func turn() throws -> Bool {
    let now = ContinuousClock.now
    defer { publish(now) }
    let changes = source.changes(into: &intake, at: now)
    if !changes.isEmpty {
      pending += changes
      status.objectChanges += changes.count
      firstChange = firstChange ?? now
      pace.changed(at: now)
    }
    sayTroubles()
    // Whatever can be read is read in every turn, or the next would come at once.
    try hearOfOthers(now)
    try tellDenials()
    answer()
    if isDue(alarms.settings, now) { lookForSettings(isTold: false) }
    if let attachments, attachments.look(at: now) {
      enforcer.guardPorts(attachments.bindings)
      pace.changed(at: now)
    }
    if !isStarted {
      guard source.isSynced, attachments?.isKnown ?? true else {
        if let refusal = source.refusal { throw SourceRefusal(description: refusal) }
        try restoreIfDue(now)
        return false
      }
      isStarted = true
      alarms.restore = nil
      keepClosed()
      report(
        .synced(
          pods: intake.count("Pod"), namespaces: intake.count("Namespace"),
          policies: intake.policyCount))
      act(now)
    } else if isDue(pace.due, now) || isDue(alarms.retry, now) {
      act(now)
    }
    if isDue(alarms.demandSYN, now), isStarted {
      alarms.demandSYN = nil
      enforcer.demandSYN(true)
      act(now)
    }
    if isDue(alarms.drift, now) { lookForDrift(now) }
    look(now)
    if isDue(alarms.record, now) { keep() }
    if let failure = record.failure() {
      report(.warning(failure))
      alarms.record = alarms.record ?? now + .seconds(30)
    }
    if isDue(alarms.tidying, now) {
      alarms.tidying = nil
      releaseUnusedMemory()
    }
    return !enforcer.isBehind && pending.isEmpty
  }

  func isDue(_ alarm: ContinuousClock.Instant?, _ now: ContinuousClock.Instant) -> Bool {
    alarm.map { $0 <= now } ?? false
  }

  // MARK: - The record

  private mutating func keep() {
    alarms.record = nil
    do {
      record.keep(try enforcer.wanted())
    } catch {
      report(.warning("\(error)"))
      alarms.record = .now + .seconds(30)
    }
  }

  private mutating func stop() throws {
    _ = looker.finish(within: .seconds(1))
    if let finding = looker.take() { heed(finding) }
    if settings.leavesRules {
      if alarms.record != nil { keep() }
      if !record.finish(within: .seconds(1)) {
        report(.warning("what is in force was not recorded in time"))
      } else if let failure = record.failure() {
        report(.warning(failure))
      }
    } else {
      _ = record.finish(within: .seconds(10))
      _ = try session.uninstall([enforcer.firewall])
    }
    report(.stopped(leaves: settings.leavesRules))
  }
}

/// The source will not tell what is needed. The rules stay as they are.
package struct SourceRefusal: Error, CustomStringConvertible {
  package let description: String
}
