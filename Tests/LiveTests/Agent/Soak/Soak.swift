import APIServer
import Backends
import Compiler
import Glibc
import Host
import Nftables
import TestSupport

/// An agent for as long as is wanted, while its cluster changes at random and things go wrong: the
/// API server, the agent itself, and others who write to nftables. At random moments, and at the
/// end, the kernel and real packets must agree with a compile that knows nothing of what was before.
final class Soak {
  let seed: UInt64
  let duration: Duration
  let cluster: ClusterNode
  var churn: Churn
  /// For what is not a change of objects.
  var random: SplitMix64
  let sentinels: Sentinels
  /// The node among them.
  let hosts: [LabHost]
  var agent: BackgroundProcess
  var flags: AgentFlags
  var serverFaults = Bag<ServerFault>()
  var agentFaults = Bag<AgentFault>()
  var foreignFaults = Bag<ForeignFault>()
  var allowance = FaultAllowance()
  let start = ContinuousClock.now
  /// What was done last, for whoever reads of a failure.
  private var past: [String] = []
  var figures = SoakFigures()
  /// Of the agent that runs now, as it was when it first had nothing to do.
  var descriptors: [String]?

  init(seed: UInt64, seconds: Int) async throws {
    self.seed = seed
    duration = .seconds(seconds)
    churn = Churn(seed: seed)
    random = SplitMix64(seed: seed &* 7919)
    let fixture = try SoakLab.fixture()
    hosts = fixture.hosts + [LabHost(Laboratory.nodeName, fixture.nodeAddresses)]
    cluster = try await ClusterNode(on: LiveNode(fixture))
    for key in churn.keys() { try cluster.put(churn.objects[key]?.text ?? "") }
    flags = AgentFlags()
    agent = try cluster.started(flags.arguments)
    sentinels = try Sentinels(cluster.laboratory)
  }

  var elapsed: Duration { .now - start }

  // MARK: - Running

  func run() async throws {
    do {
      try becomesRecorded()
      try sentinels.send()
      for event in schedule() {
        while elapsed < event.at { try await act() }
        switch event.kind {
        case .check: try check()
        case .endOfAgent: try await endAgent()
        }
      }
      try require(sentinels.stop())
      try checkMemory()
      try end()
    } catch {
      throw SoakFailure(report(error))
    }
  }

  private enum Event {
    case check
    case endOfAgent
  }

  /// Checks at random moments and at the end. In the second half one agent lives to the end, so
  /// that what it holds can be compared.
  private func schedule() -> [(at: Duration, kind: Event)] {
    let checks = moments(max(5, Int(duration / .seconds(30))), in: 0.05...0.95)
    let ends = moments(max(2, Int(duration / .seconds(40))), in: 0.05...0.45)
    var events = (checks + [0.5, 1]).map { (at: duration * $0, kind: Event.check) }
    events += ends.map { (at: duration * $0, kind: Event.endOfAgent) }
    return events.sorted { $0.at < $1.at }
  }

  private func moments(_ count: Int, in range: ClosedRange<Double>) -> [Double] {
    (0..<count).map { _ in Double.random(in: range, using: &random) }
  }

  private func act() async throws {
    switch Int.random(in: 0..<1000, using: &random) {
    case 0..<12: try await troubleServer()
    case 12..<22: try tamper()
    default: try change()
    }
  }

  /// One step of the cluster, and often a pause: what comes close together is one transaction.
  func change() throws {
    let changes = churn.step()
    for change in changes {
      switch change {
      case .put(_, let manifest): try cluster.put(manifest.text)
      case .remove(let key): cluster.server.remove(key)
      }
    }
    figures.changes += changes.count
    if Int.random(in: 0..<3, using: &random) > 0 {
      sleepMilliseconds(UInt32.random(in: 1...120, using: &random))
    }
  }

  func note(_ text: String) {
    past.append("\(elapsed.inSeconds) s, \(figures.changes) changes: \(text)")
    if past.count > 30 { past.removeFirst() }
  }

  private func report(_ error: any Error) -> String {
    let said = agent.output.split(separator: "\n").filter { !$0.hasPrefix("{") }
    return """
      soak of seed \(seed), after \(elapsed.inSeconds) s: \(error)
      \(figures)
      what was done before:
        \(past.joined(separator: "\n  "))
      what the agent said last:
        \(said.suffix(30).joined(separator: "\n  "))
      """
  }

  private func end() throws {
    agent.send(signal: SIGTERM)
    let hasEnded = try TestSupport.eventually { try AgentFigures(of: agent.id) == nil }
    guard hasEnded, agent.wait() == 0 else {
      throw SoakFailure("the agent does not end as told")
    }
  }

  // MARK: - What is wanted

  /// What a compile makes that knows no history.
  func compiled() throws -> (compilation: Compilation, ruleset: Ruleset) {
    let compilation = try compileText(churn.meaning, for: flags.scope)
    return (compilation, lower(compilation.graph, flags.options).ruleset)
  }

  /// Waits until the kernel holds what a fresh compile makes, and goes on doing so.
  func settle() throws {
    let wanted = try compiled().ruleset
    let began = ContinuousClock.now
    while try !holds(wanted) {
      guard ContinuousClock.now - began < .seconds(90) else {
        throw SoakFailure(
          "the kernel does not hold what a fresh compile makes:\n\(try differences(to: wanted))")
      }
      sleepMilliseconds(20)
    }
    figures.longestWait = max(figures.longestWait, .now - began)
  }

  /// What is held may be what is wanted by chance, while the agent has yet to hear of changes that
  /// lead away from it and back: so it must follow everything, and have had the time to act.
  private func holds(_ wanted: Ruleset) throws -> Bool {
    guard try isFollowing && cluster.node.holds(wanted) else { return false }
    sleepMilliseconds(250)
    return try isFollowing && cluster.node.holds(wanted)
  }

  /// Whether there is a watch of each resource.
  private var isFollowing: Bool { cluster.server.watches >= 4 }

  /// What the kernel does not hold as is wanted.
  func differences(to wanted: Ruleset) throws -> String {
    try cluster.node.installed().difference(to: wanted).lines.joined(separator: "\n")
  }

  func require(_ failures: [String]) throws {
    if !failures.isEmpty { throw SoakFailure(failures.joined(separator: "\n")) }
  }

  /// So that there is something to put back after a boot.
  private func becomesRecorded() throws {
    try settle()
    let directory = cluster.node.stateDirectory
    let isRecorded = try TestSupport.eventually {
      try runProcess(["find", directory, "-name", "gen-*.nft"]).output.contains("gen-")
    }
    if !isRecorded { throw SoakFailure("the agent records nothing in \(directory)") }
  }
}

/// Why a soak is no success.
struct SoakFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension Duration {
  var inSeconds: String {
    let tenths = Int(self / .milliseconds(100))
    return "\(tenths / 10).\(tenths % 10)"
  }
}
