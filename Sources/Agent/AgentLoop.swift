import Apply
import Backends
import Diagnostics
import Host
import Incremental
import NetSets
import Netfilter
import Nftables
import OpenFlows

/// Keeps one node as its source wants it: one thread, one turn after another, each of which takes
/// what has come and does what is due.
package struct AgentLoop<Source: ClusterSource & ~Copyable>: ~Copyable {
  private let settings: AgentSettings
  private let namespace: NetworkNamespace
  private var source: Source
  private var intake = Intake()
  private var enforcer: Enforcer<NetlinkKernel>
  private var record: NodeRecord
  private let monitor: GenerationMonitor
  /// By which the kernel tells our transactions from those of others.
  private let port: UInt32
  /// Who changed nftables last, as far as the kernel told.
  private var intruder: String?
  private var denials: DenialLog?
  private let report: (AgentEvent) -> Void
  /// For others to ask while the loop goes on.
  private let board: StatusBoard
  private var status: AgentStatus

  private var pending: [ClusterChange] = []
  private var firstChange: ContinuousClock.Instant?
  private var pace: Pace
  private var backoff = Backoff(from: .milliseconds(200), to: .seconds(30))
  /// Whether all objects have come.
  private var isStarted = false
  /// Whether the kernel ever held what they want.
  private var isReady = false
  private var troubles = Troubles()
  private var alarms = Alarms()

  /// Reads what is in the kernel, and changes nothing.
  package init(
    _ settings: AgentSettings, _ source: consuming Source, in namespace: NetworkNamespace,
    record: NodeRecord, board: StatusBoard, report: @escaping (AgentEvent) -> Void
  ) throws {
    var options = settings.options
    let kernel = try NetlinkKernel(in: namespace)
    let isUntracked = try namespace.enter { forwardedUntracked() }
    let held = try kernel.read(table: "netpolc").ruleset
    // What was open before the kernel tracked anything must not be reset by a first set of rules.
    options.demandsSYN = !isUntracked || NodeRules.nftables(held).demandsSYN
    let monitor = try GenerationMonitor(in: namespace)
    enforcer = try Enforcer(
      NodeCompiler(node: settings.node, scope: settings.scope, options: options), kernel)
    self.monitor = monitor
    port = kernel.port
    self.settings = settings
    self.source = source
    self.namespace = namespace
    self.record = record
    self.report = report
    self.board = board
    status = board.status
    status.isStale = !held.isEmpty
    pace = Pace(longest: settings.coalescing)
    if !options.demandsSYN { alarms.demandSYN = .now + .seconds(60) }
    if held.isEmpty { alarms.restore = .now + settings.startPatience }
    report(.started(node: settings.node, rules: held.isEmpty ? .nothing : .ours))
    if let logging = options.denyLog { denials = denialLog(logging) }
  }

  /// What is enforced does not depend on who reads of it.
  private func denialLog(_ logging: DenyLogging) -> DenialLog? {
    do {
      return try DenialLog(logging, settings, in: namespace)
    } catch {
      report(.warning("denied packets are not told: \(error)"))
      return nil
    }
  }

  /// Takes turns until a signal comes, or, when told so, until the first transaction.
  package mutating func run(until signals: borrowing SignalQueue) throws {
    while signals.next() == nil {
      if try turn(), settings.once { break }
      try wait(signals.descriptor)
    }
    try stop()
  }

  private func wait(_ signals: Int32) throws {
    let due = ([source.due].compactMap(\.self) + (isStarted ? work : alarms.beforeStart)).min()
    // A turn now and then without anything to do shows that it lives.
    let next = min(due ?? .now + .seconds(5), .now + .seconds(5))
    let milliseconds = Int(((next - .now) / .milliseconds(1)).rounded(.up))
    let descriptors = [source.descriptor, signals, monitor.descriptor, denials?.descriptor]
    _ = try readable(descriptors.compactMap(\.self), within: milliseconds)
  }

  /// When there is something to do once all objects have come.
  private var work: [ContinuousClock.Instant] { [pace.due].compactMap(\.self) + alarms.all }

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
    if !isStarted {
      guard source.isSynced else {
        if let refusal = source.refusal { throw SourceRefusal(description: refusal) }
        try restoreIfDue(now)
        return false
      }
      isStarted = true
      alarms.restore = nil
      report(
        .synced(
          pods: intake.count("Pod"), namespaces: intake.count("Namespace"),
          policies: intake.count("NetworkPolicy")))
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
    if isDue(alarms.cuts.first, now) { cut() }
    if isDue(alarms.record, now) { try keep() }
    return !enforcer.isBehind && pending.isEmpty
  }

  private func isDue(_ alarm: ContinuousClock.Instant?, _ now: ContinuousClock.Instant) -> Bool {
    alarm.map { $0 <= now } ?? false
  }

  // MARK: - The kernel

  /// Makes the kernel hold what is known now.
  private mutating func act(_ now: ContinuousClock.Instant) {
    let changes = pending
    pending = []
    alarms.retry = nil
    do throws(KernelFailure) {
      let outcome = try enforcer.take(changes)
      let end = ContinuousClock.now
      pace.acted(from: now, to: end)
      backoff.reset()
      succeeded(outcome, from: now, to: end)
      if !outcome.transaction.isEmpty {
        report(
          .applied(
            changes: changes.count, steps: outcome.transaction.count, duration: end - now))
        follow(outcome.transaction, end)
      }
      forget(enforcer.vacated)
      if !isReady { report(.ready(localPods: enforcer.localPodCount)) }
      isReady = true
    } catch {
      pace.acted(from: now, to: .now)
      retry(error)
    }
  }

  private mutating func succeeded(
    _ outcome: Enforcer<NetlinkKernel>.Outcome, from start: ContinuousClock.Instant,
    to end: ContinuousClock.Instant
  ) {
    status.syncs.add(end - start)
    if let firstChange { status.latency.add(end - firstChange) }
    firstChange = nil
    if outcome.transaction.isEmpty { status.unchanged += 1 } else { status.transactions += 1 }
    status.refusal = nil
    status.behindSince = nil
    status.lastSuccess = wallClock()
    status.isStale = false
    status.desired += 1
    status.applied = status.desired
  }

  private mutating func retry(_ failure: KernelFailure) {
    let wait = backoff.wait()
    alarms.retry = .now + wait
    let reason = ApplyFailure(
      reason: failure, transaction: enforcer.lastTransaction
    ).description
    status.failures += 1
    if status.behindSince == nil { status.desired += 1 }
    status.behindSince = status.behindSince ?? .now
    status.refusal = reason
    report(.refused(reason: reason, retryIn: wait))
  }

  private mutating func sayTroubles() {
    var source = source.problems
    if isStarted, enforcer.closesNothing {
      source.append(
        "unknown pods are not denied: Node \(settings.node) with spec.podCIDRs is not known")
    }
    for event in troubles.become(objects: intake.problems, source: source) { report(event) }
  }

  private mutating func publish(_ now: ContinuousClock.Instant) {
    status.lastTurn = now
    status.isSynced = isStarted
    status.pods = intake.count("Pod")
    status.localPods = enforcer.localPodCount
    status.namespaces = intake.count("Namespace")
    status.policies = intake.count("NetworkPolicy")
    status.quarantined = intake.quarantined
    status.problems = troubles.objects
    status.sourceProblems = troubles.source
    board.status = status
  }

  /// What a transaction that was made asks for.
  private mutating func follow(_ transaction: Transaction, _ now: ContinuousClock.Instant) {
    alarms.record = alarms.record ?? now + .seconds(1)
    guard settings.cutsFlows, alarms.demandSYN == nil, transaction.mayDeny else { return }
    alarms.cuts = [now, now + FlowCutter.secondLook]
  }

  /// The end of a transaction is told at once; that one is missed, or not told, costs a second.
  private mutating func hearOfOthers(_ now: ContinuousClock.Instant) throws {
    let reading = try monitor.read()
    for generation in reading.generations where generation.port != port {
      intruder = generation.name
      alarms.drift = now
    }
    if reading.hasLost { alarms.drift = now }
  }

  private mutating func lookForDrift(_ now: ContinuousClock.Instant) {
    alarms.drift = now + settings.driftInterval
    guard isStarted, !enforcer.isBehind else { return }
    do throws(KernelFailure) {
      guard try enforcer.isDisturbed() else { return }
      let outcome = try enforcer.catchUp()
      if outcome.transaction.isEmpty { return }
      status.repairs += 1
      status.repairTimes.add(.now - now)
      report(.repaired(by: intruder, steps: outcome.transaction.count))
      follow(outcome.transaction, .now)
    } catch {
      retry(error)
    }
  }

  // MARK: - Connections

  private mutating func cut() {
    alarms.cuts.removeFirst()
    do {
      let count = try FlowCutter(.nftables(enforcer.wanted), in: namespace).cut()
      status.flowsEnded += count
      if count > 0 { report(.cut(flows: count)) }
    } catch {
      report(.warning("open connections that are denied now were not ended: \(error)"))
    }
  }

  private mutating func forget(_ addresses: [IPAddress]) {
    if addresses.isEmpty { return }
    do {
      let count = try forgetFlows(of: Set(addresses), in: namespace)
      status.flowsEnded += count
      if count > 0 { report(.cut(flows: count)) }
    } catch {
      report(.warning("connections of pods that are gone were not ended: \(error)"))
    }
  }

  private mutating func tellDenials() throws {
    guard var denials else { return }
    for record in try denials.records(by: enforcer.compiler) { report(.denied(record)) }
    status.denials = denials.counts
    self.denials = denials
  }

  // MARK: - The record

  private mutating func keep() throws {
    alarms.record = nil
    do {
      try record.keep(enforcer.wanted)
    } catch {
      report(.warning("\(error)"))
      alarms.record = .now + .seconds(30)
    }
  }

  /// After a boot the kernel has nothing, and what was in force last is better than that.
  private mutating func restoreIfDue(_ now: ContinuousClock.Instant) throws {
    guard isDue(alarms.restore, now) else { return }
    alarms.restore = nil
    guard let last = try record.last() else { return }
    let kernel = try NetlinkKernel(in: namespace)
    _ = try Applier(kernel, table: "netpolc").apply(last.ruleset)
    status.isStale = true
    report(.restored(generation: last.generation))
  }

  private mutating func stop() throws {
    report(.stopping(leaves: settings.leavesRules))
    if settings.leavesRules {
      if alarms.record != nil { try keep() }
    } else {
      _ = try Applier(NetlinkKernel(in: namespace), table: "netpolc").uninstall()
      try record.clear()
    }
  }
}

/// The source will not tell what is needed. The rules stay as they are.
package struct SourceRefusal: Error, CustomStringConvertible {
  package let description: String
}

extension Transaction {
  /// Whether anything that was allowed may be denied afterwards. New elements of sets and new rules
  /// in chains of policies only allow, but what leads to a chain may isolate.
  fileprivate var mayDeny: Bool {
    steps.contains { step in
      switch step.operation {
      case .addTable, .addCounter, .addSet, .addMap, .addChain, .addElements: false
      case .deleteTable, .deleteCounter, .deleteSet, .deleteMap, .deleteChain, .flushChain,
        .deleteElements, .addVerdicts, .deleteVerdicts, .addRule, .deleteRule:
        true
      }
    }
  }
}
