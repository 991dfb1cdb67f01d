import APIServer
import Compiler
import Glibc
import Nftables
import PolicyModel
import TestSupport

/// What must hold when there is nothing to do.
extension Soak {
  func check() throws {
    cluster.server.heal()
    try settle()
    try checkPackets()
    try checkHealth()
    try checkProcess()
    try require(sentinels.brokenStream())
    try require(sentinels.stop())
    try sentinels.send()
    figures.checks += 1
    note("checked")
    // The server does not keep its history for ever, but tells of newer versions in time.
    cluster.server.disturb(.bookmark)
    cluster.server.compact()
  }

  /// Real packets against the graph, and the kernel against it before and after.
  private func checkPackets() throws {
    let (compilation, ruleset) = try compiled()
    let flows = (0..<400).compactMap { _ in SoakLab.flow(among: hosts, &random) }
    let delivered = try cluster.laboratory.run(flows.map(\.attempt))
    let wrong = zip(flows, delivered).compactMap { flow, isDelivered -> String? in
      let decision = compilation.graph.decision(on: flow.connection)
      if decision.isAllowed == isDelivered { return nil }
      return "\(flow.attempt) \(isDelivered ? "gets through" : "does not"), but is \(decision)"
    }
    try require(wrong)
    figures.flows += flows.count
    figures.allowed += delivered.count { $0 }
    let differences = try differences(to: ruleset)
    if !differences.isEmpty {
      throw SoakFailure("while nothing changed, the kernel's rules did:\n\(differences)")
    }
  }

  private func checkHealth() throws {
    let isReady = try TestSupport.eventually {
      try cluster.ask(agent, "/readyz") == "ok200"
    }
    if !isReady {
      throw SoakFailure("not ready: \(try cluster.ask(agent, "/readyz?verbose"))")
    }
  }

  /// What the agent holds of the system.
  private func checkProcess() throws {
    var last: AgentFigures?
    let isSteady = try TestSupport.eventually {
      guard let now = try AgentFigures(of: agent.id) else {
        throw SoakFailure("the agent has ended")
      }
      last = now
      return now.connections <= Self.mostConnections
        && now.descriptors == self.descriptors ?? now.descriptors
    }
    guard let last else { return }
    if !isSteady {
      throw SoakFailure(
        "the agent has \(last.connections) connections and open \(counted(last.descriptors)), "
          + "and at first had \(counted(self.descriptors ?? []))")
    }
    descriptors = try descriptors ?? lasting(last)
    figures.descriptors = last.descriptors.count
    figures.connections = max(figures.connections, last.connections)
    figures.memory.append(
      SoakFigures.Memory(at: elapsed, agent: figures.starts, kilobytes: last.residentKilobytes))
  }

  /// What stays open: a look at connections has a socket for some milliseconds.
  private func lasting(_ first: AgentFigures) throws -> [String] {
    var fewest = first.descriptors
    for _ in 0..<20 {
      usleep(25_000)
      guard let now = try AgentFigures(of: agent.id) else { break }
      if now.descriptors.count < fewest.count { fewest = now.descriptors }
    }
    return fewest
  }

  private func counted(_ names: [String]) -> String {
    Dictionary(grouping: names, by: \.self).map { "\($0.key) (\($0.value.count))" }.sorted()
      .joined(separator: ", ")
  }

  /// A watch of each resource, and one that is kept for the next request.
  private static var mostConnections: Int { 8 }

  /// What one agent has at the end of half of the soak, and had at its beginning. Memory that was
  /// free once is not given back to the last page, so that some growth is none.
  func checkMemory() throws {
    let samples = figures.memory.filter { $0.agent == figures.starts && $0.at >= duration / 2 }
    guard let first = samples.first, let last = samples.last, first.at < last.at else {
      throw SoakFailure("no memory was compared")
    }
    if last.kilobytes > first.kilobytes * 11 / 10 {
      throw SoakFailure(
        "the agent grew from \(first.kilobytes) to \(last.kilobytes) kB in "
          + "\((last.at - first.at).inSeconds) s")
    }
  }
}
