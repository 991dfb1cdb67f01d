import APIServer
import Glibc
import Host
import NetSets
import Nftables
import TestSupport

/// How things go wrong.
extension Soak {
  private func begin(_ fault: some Hashable) {
    figures.faults["\(fault)", default: 0] += 1
    note("\(fault)")
  }

  private func any<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  private func changes(upTo count: Int) throws {
    for _ in 0..<Int.random(in: 0...count, using: &random) { try change() }
  }

  // MARK: - The server

  func troubleServer() async throws {
    let fault = serverFaults.draw(&random)
    guard allowance.takes(fault.failures) else { return }
    begin(fault)
    let server = cluster.server
    switch fault {
    case .connectionsReset: server.disturb(.reset)
    case .eventsTruncated: server.disturb(.truncate)
    case .watchesEnd: server.disturb(.end)
    case .versionsExpire: server.disturb(.error(410, reason: "Expired"))
    case .serverErrs: server.disturb(.error(500, reason: "InternalError"))
    case .garbageComes:
      server.disturb(
        .raw(any(["{\"type\":\"ADDED\",\"object\":{}}\n", "<html>\n", "{\"type\":\n"])))
    case .historyForgotten:
      server.compact()
      server.disturb(.reset)
    case .requestsFail:
      let faults: [Fault] = [
        .status(500, reason: "InternalError"), .page(502, "<html>Bad Gateway</html>"), .reset,
        .truncated, .slow, .status(429, reason: "TooManyRequests", retryAfter: 1),
      ]
      for verb in [Verb.list, .watch, .stream] { server.fail(verb, any(faults)) }
      server.disturb(.error(410, reason: "Expired"))
    case .serverGoesAway:
      try await server.stop()
      try changes(upTo: 10)
      try await server.start()
    case .connectionsHang:
      // They never say that they are dead; that the server is gone they do.
      server.disturb(.silence)
      try changes(upTo: 20)
      try await server.stop()
      try await server.start()
    case .nobodyAnswers:
      server.settings.isDeaf = true
      server.disturb(.reset)
      try changes(upTo: 20)
      server.settings.isDeaf = false
    }
  }

  // MARK: - The agent

  func endAgent() async throws {
    let fault = agentFaults.draw(&random)
    begin(fault)
    switch fault {
    case .killed:
      kill()
      try changes(upTo: 10)
      try startAgent()
      try becomesReady()
    case .bootedWithoutServer:
      try require(sentinels.stop())
      try await boot()
      try becomesReady()
      try settle()
      try sentinels.send()
    }
  }

  private func becomesReady() throws {
    guard agent.waitForOutput("the kernel holds what they want", seconds: 90) else {
      throw SoakFailure("an agent that was started does not get ready")
    }
  }

  /// A kernel without rules and no server: what was in force last is so again.
  private func boot() async throws {
    try await cluster.server.stop()
    kill()
    try cluster.laboratory.flushRuleset()
    try startAgent()
    // While it waits for the server.
    _ = allowance.takes(3)
    guard agent.waitForOutput("is in force again", seconds: 30) else {
      throw SoakFailure("nothing is in force after a boot without a server")
    }
    let never = LabAttempt(.udp, from: "gamma", to: try parse("10.244.0.102"), port: 53)
    if try cluster.laboratory.run([never]) != [false] {
      throw SoakFailure("after a boot without a server gamma reaches beta")
    }
    try changes(upTo: 10)
    try await cluster.server.start()
  }

  private func kill() {
    agent.send(signal: SIGKILL)
    _ = agent.wait()
    allowance = FaultAllowance()
    descriptors = nil
  }

  private func startAgent() throws {
    cluster.server.heal()
    cluster.server.settings.streamingLists = Bool.random(using: &random) ? .supported : .refused
    if Int.random(in: 0..<3, using: &random) == 0 { flags = AgentFlags(&random) }
    agent = try cluster.start(flags.arguments)
    figures.starts += 1
  }

  // MARK: - Others

  /// Somebody writes to nftables; what passes until our tables are mended is nobody's fault.
  func tamper() throws {
    let fault = foreignFaults.draw(&random)
    begin(fault)
    try require(sentinels.stop())
    let commands = try commands(fault)
    note(commands)
    try cluster.laboratory.load(ruleset: commands)
    try changes(upTo: 3)
    try settle()
    try sentinels.send()
  }

  /// What is written, in nft's words. Empty where our tables have nothing of the kind.
  private func commands(_ fault: ForeignFault) throws -> String {
    let table = any(try cluster.node.installed().tables)
    let name = "\(table.family.nftName) netpolc"
    func object(_ names: [String], _ command: (String) -> String) -> String {
      names.randomElement(using: &random).map(command) ?? ""
    }
    return switch fault {
    case .rulesetFlushed: "flush ruleset"
    case .tableDeleted: "delete table \(name)"
    case .ruleInserted:
      object(table.chains.map(\.name)) { "insert rule \(name) \($0) \(any(["accept", "drop"]))" }
    case .chainFlushed:
      object(table.chains.filter { !$0.rules.isEmpty }.map(\.name)) { "flush chain \(name) \($0)" }
    case .elementsDeleted where Bool.random(using: &random):
      object(table.sets.filter { !$0.content.isEmpty }.map(\.name)) { "flush set \(name) \($0)" }
    case .elementsDeleted:
      object(table.maps.filter { !$0.elements.isEmpty }.map(\.name)) { "flush map \(name) \($0)" }
    case .elementAdded:
      object(table.sets.filter(\.content.hasAddresses).map(\.name)) {
        "add element \(name) \($0) { \(table.family == .ipv4 ? "10.99.9.9" : "fd99::9") }"
      }
    case .otherTableWritten:
      "table inet others { chain c { counter; }; }; delete table inet others"
    }
  }
}

extension SetContent {
  fileprivate var isEmpty: Bool {
    switch self {
    case .addresses(let elements): elements.isEmpty
    case .endpoints(let elements): elements.isEmpty
    case .intervals(let elements): elements.isEmpty
    case .flows: true
    }
  }

  fileprivate var hasAddresses: Bool {
    switch self {
    case .addresses: true
    case .endpoints, .intervals, .flows: false
    }
  }
}
