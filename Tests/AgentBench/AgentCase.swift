import APIServer
import BenchSupport
import Glibc
import Host
import TestSupport

enum AgentCase: String, CaseIterable {
  case start
  case changes
  case load
  case memory

  @MainActor func rows(_ options: Options) async throws -> [Row] {
    let cluster = SyntheticCluster(pods: self == .memory ? options.manyPods : options.pods)
    let server = try APIServer()
    server.settings.streamingLists = options.lists == .streams ? .supported : .refused
    try server.hold(cluster)
    try await server.start()
    let bench = StartedBench(
      server: server, size: "\(cluster.pods) pods, \(cluster.policies) policies", options: options,
      scratch: try Scratch())
    let rows =
      switch self {
      case .start: try bench.starts()
      case .changes: try bench.changes()
      case .load: try bench.load()
      case .memory: try bench.memory()
      }
    try await server.stop()
    return rows
  }
}

/// A server that has a cluster, for agents to follow.
struct StartedBench {
  let server: APIServer
  let size: String
  let options: Options
  let scratch: Scratch

  /// With its rules in force, and checked.
  func agent(run: Int = 0) throws -> (agent: MeasuredAgent, start: Duration) {
    let agent = try MeasuredAgent(options.agent, of: server, in: scratch, run: run)
    let start = try agent.waitUntilReady()
    return (agent, start)
  }

  func checkRules(of agent: MeasuredAgent) throws {
    try agent.checkRules(
      pods: server.store.objects("pods").count { $0.node == MeasuredAgent.node })
  }

  // MARK: - A start

  func starts() throws -> [Row] {
    var times: [Double] = []
    var residents: [Double] = []
    var work: (agent: [Double], server: [Double]) = ([], [])
    for run in 0..<options.runs {
      let before = try AgentBench.processorSeconds("self")
      let (agent, start) = try agent(run: run)
      work.server.append(try AgentBench.processorSeconds("self") - before)
      work.agent.append(try agent.processorSeconds())
      residents.append(try agent.memory().resident / 1e6)
      try checkRules(of: agent)
      try agent.end()
      times.append(start.milliseconds / 1000)
    }
    if work.server.median > work.agent.median {
      throw fellBehind(
        "it works for \(work.server.median.short) s, and the agent \(work.agent.median.short) s")
    }
    return [
      Row("start to rules in force", size, spread(times, "s"), target(times.quantile(1), 2, "s")),
      Row("  processor time of the agent", "", spread(work.agent, "s")),
      Row("  processor time of the server", "", spread(work.server, "s")),
      Row("  resident then", "", spread(residents, "MB")),
    ]
  }

  func memory() throws -> [Row] {
    var times: [Double] = []
    var residents: [Double] = []
    var peaks: [Double] = []
    var later: [Double] = []
    for run in 0..<options.runs {
      let (agent, start) = try agent(run: run)
      let memory = try agent.memory()
      times.append(start.milliseconds / 1000)
      residents.append(memory.resident / 1e6)
      try checkRules(of: agent)
      sleep(4)
      let after = try agent.memory()
      later.append(after.resident / 1e6)
      peaks.append(after.peak / 1e6)
      try agent.end()
    }
    return [
      Row(
        "resident, rules in force", size, spread(residents, "MB"),
        target(residents.quantile(1), 400, "MB")),
      Row("  4 s later", "", spread(later, "MB")),
      Row("  the most that it ever had", "", spread(peaks, "MB")),
      Row("  start to rules in force", "", spread(times, "s")),
    ]
  }

  // MARK: - Single changes

  func changes() throws -> [Row] {
    let (agent, _) = try agent()
    try checkRules(of: agent)
    // What follows a start, such as writing the record.
    sleep(5)
    let watch = try KernelWatch()
    let pods = server.store.objects("pods")
    // All policies name what is in the namespace of the cluster's name servers.
    let elsewhere = pods.filter { $0.node != MeasuredAgent.node && $0.key.namespace == "ns-0" }
    let here = pods.filter { $0.node == MeasuredAgent.node }
    let namespaces = Set(here.map(\.key.namespace))
    let policies = try server.store.objects("networkpolicies")
      .filter { namespaces.contains($0.key.namespace) }.map { try EditedPolicy($0) }
    let rows = try [
      row("pod here", times(comingAndGoing(here), watch), usual: 2, slowest: 10),
      row("pod elsewhere", times(comingAndGoing(elsewhere), watch), usual: 2, slowest: 10),
      row(
        "policy",
        times(policies.flatMap { [$0.shorter, $0.whole] }.map { .put($0) }, watch),
        slowest: 20),
    ]
    try agent.end()
    return rows
  }

  /// - Parameters:
  ///   - usual: the target of the median, in milliseconds.
  ///   - slowest: of the 99th percentile.
  private func row(
    _ name: String, _ times: [Double], usual: Double? = nil, slowest: Double
  ) -> Row {
    let (p50, p99) = (times.median, times.quantile(0.99))
    return Row(
      "\(name) changed, alone", size,
      "p50 \(p50.precise) ms, p99 \(p99.precise) ms, \(times.count) changes",
      (usual.map { target(p50, $0, "ms p50") + ", " } ?? "") + target(p99, slowest, "ms p99"))
  }

  private enum Change {
    case put(StoredObject)
    case remove(StoredObject.Key)
  }

  private func comingAndGoing(_ pods: [StoredObject]) -> [Change] {
    pods.flatMap { [.remove($0.key), .put($0)] }
  }

  private func make(_ change: Change) {
    switch change {
    case .put(let object): server.put(object)
    case .remove(let key): server.remove(key)
    }
  }

  /// Each is made when the last one has long been worked off, with both looks at open connections
  /// that it leads to, so that it is due at once.
  private func times(_ changes: [Change], _ watch: KernelWatch) throws -> [Double] {
    try (0..<options.changes).map { index in
      // Not in step with what the agent does at its own times.
      usleep(.random(in: 150_000...350_000))
      return try watch.time { make(changes[index % changes.count]) }
    }
  }

  // MARK: - Many changes

  func load() throws -> [Row] {
    let (agent, _) = try agent()
    try checkRules(of: agent)
    sleep(5)
    let watch = try KernelWatch()
    let pods = server.store.objects("pods")
    let ticks = options.seconds * 100
    // As many go as come, and each comes back a hundredth of a second later.
    let each = options.rate / 200
    let heard = try agent.objectChanges()
    let (sent, used) = (server.sentChanges, try agent.processorSeconds())
    var (made, transactions, waiting) = (0, 0, 0)
    var gone: [StoredObject] = []
    let start = ContinuousClock.now
    for tick in 0..<ticks {
      let time = start + .milliseconds(10 * tick)
      let early = (time - .now).milliseconds
      if early > 0 { usleep(UInt32(early * 1000)) }
      for pod in gone { server.put(pod) }
      // A prime as the stride: now one of this node, now one of another.
      let moving = (0..<each).map { pods[(tick * each + $0) * 7919 % pods.count] }
      for pod in moving { server.remove(pod.key) }
      made += gone.count + moving.count
      gone = moving
      transactions += try watch.transactions()
      waiting = max(waiting, made - (server.sentChanges - sent))
    }
    let seconds = (ContinuousClock.now - start).milliseconds / 1000
    let share = try (agent.processorSeconds() - used) / seconds
    // Half a second's.
    if waiting > options.rate / 2 {
      throw fellBehind("up to \(waiting) changes were not sent yet")
    }
    guard try eventually(seconds: 2, { try agent.objectChanges() - heard == made }) else {
      throw BenchFailure(
        description: "the agent heard of \(try agent.objectChanges() - heard) changes of \(made)")
    }
    try agent.end()
    return [
      Row(
        "\(options.rate) pods changed a second", size,
        "\(share.percent) of a core in \(seconds.short) s", target(share * 100, 30, "%")),
      Row(
        "  transactions", "",
        "\((Double(transactions) / seconds).short) a second, for \((Double(made) / seconds).short) changes"
      ),
    ]
  }

  // MARK: - Figures

  private func spread(_ figures: [Double], _ unit: String) -> String {
    "\(figures.quantile(0).short) to \(figures.quantile(1).short) \(unit), median \(figures.median.short), \(figures.count) runs"
  }

  private func target(_ figure: Double, _ limit: Double, _ unit: String) -> String {
    "<= \(Int(limit)) \(unit)\(figure > limit ? ", missed" : "")"
  }

  private func fellBehind(_ how: String) -> BenchFailure {
    BenchFailure(
      description: "the server fell behind, so that this says nothing of the agent: \(how)")
  }
}
