import Apply
import ArgumentParser
import Diagnostics
import Host
import Iptables
import NetSets
import Netfilter
import Nftables

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say what the kernel holds, and whether that is what was applied.",
    discussion: """
      Where netpolc-agent keeps the node, it is asked what it knows and whether that is in force. \
      Exits 1 when the kernel holds something else than was applied, or a generation waits for \
      confirmation, or the agent does not enforce all that it knows as it is written.

      EXAMPLES
        netpolc status
        netpolc status -o json
        netpolc status --policy shop/db --wait --timeout 30s
        netpolc status --agent unix:/run/netpolc/agent.sock
        netpolc status --probe
      """)

  @OptionGroup var kernel: KernelOptions

  @OptionGroup var agent: AgentOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func validate() throws {
    if agent.probe, output == .json {
      throw ValidationError("--probe says in text what the agent's /readyz does")
    }
  }

  func run() throws {
    if agent.probe { return try probe() }
    if let policy = agent.policy { return try report(on: policy) }
    let (namespace, denied) = try kernel.withSession(alone: false) {
      ($0.namespace, try $0.kernel.deniedFlows(inSet: "drops", table: "netpolc"))
    }
    let answer = try agent.answer {
      try agent.answer(for: namespace)
    } until: {
      $0.isInForce
    }
    let status = try status(isKept: answer != nil)
    switch output {
    case .text: try Console.result(text(status, answer, denied))
    case .json: try Console.result(json(status, answer, denied).text)
    }
    let isAsWanted = answer.map { $0.isInForce && $0.problems.isEmpty }
    if !(isAsWanted ?? status.drift.isEmpty) || status.pending != nil { throw ExitCode.finding }
  }

  /// - Parameter isKept: whether an agent has the lock, and mends what others change.
  private func status(isKept: Bool) throws -> Session<NetlinkKernel>.Status {
    // Without the lock, which an apply that waits for its confirmation holds.
    let status = try kernel.withSession(alone: false) { try $0.session.status() }
    if isKept || status.drift.isEmpty || status.pending != nil { return status }
    // Perhaps an apply has given it to the kernel and is about to write the record.
    return try kernel.withSession { try $0.session.status() }
  }

  /// Needs no right to see the kernel's rules.
  private func probe() throws {
    guard let answer = try agent.answer({ try agent.readiness() }, until: \.isReady) else {
      throw agent.nobody
    }
    try Console.result(answer.checks)
    if !answer.isReady { throw ExitCode.finding }
  }

  private func report(on policy: String) throws {
    let namespace = try kernel.withSession(alone: false) { $0.namespace }
    let answer = try agent.answer {
      guard try agent.answer(for: namespace) != nil else { return nil as PolicyReport? }
      return try agent.policyAnswer(policy).map { try PolicyReport(answer: $0) }
    } until: {
      $0.isInForce
    }
    guard let answer else { throw agent.nobody }
    switch output {
    case .text: try Console.result(answer.lines.joined(separator: "\n") + "\n")
    case .json: try Console.result(answer.json.text)
    }
    if !answer.isInForce { throw ExitCode.finding }
  }

  private func text(
    _ status: Session<NetlinkKernel>.Status, _ agent: AgentAnswer?, _ denied: [DeniedFlow]
  ) -> String {
    var lines: [String] = []
    if let agent {
      lines += AgentReport(answer: agent, now: Int(wallClock())).lines
    } else if status.installed.isEmpty {
      lines.append("enforcing  nothing: there is no table of netpolc")
    } else {
      lines.append("enforcing  generation \(status.current.map { "\($0)" } ?? "unknown")")
    }
    if let pending = status.pending {
      lines.append("pending    generation \(pending) waits for netpolc confirm")
    }
    for rules in status.installed { lines += describe(rules).map { "table      \($0)" } }
    lines += status.unread.map { "unread     \($0)" }
    if status.installed.contains(where: { $0.firewall == .nftables }) {
      lines += report(denied, status).lines
    }
    if agent != nil { return lines.joined(separator: "\n") + "\n" }
    if status.drift.isEmpty {
      lines.append("drift      none")
    } else {
      lines.append("drift      the kernel holds something else than was applied:")
      for table in differences(status) {
        lines += [isMixed(status) ? "  in \(table.table)" : nil].compactMap(\.self)
        lines += table.lines.map { "  \($0)" }
      }
      let hint = "; netpolc uninstall --backend removes what is in one firewall"
      lines.append("           netpolc apply mends it" + (isMixed(status) ? hint : ""))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Rules in a firewall that nobody applied are none that an apply to another looks for.
  private func isMixed(_ status: Session<NetlinkKernel>.Status) -> Bool {
    status.installed.count > 1
  }

  private func differences(_ status: Session<NetlinkKernel>.Status) -> [DifferenceText] {
    let names = PodNames([], status.installed)
    return status.drift.map { DifferenceText($0, names) }
  }

  private func describe(_ rules: NodeRules) -> [String] {
    switch rules {
    case .nftables(let ruleset):
      let bridge = ruleset.bridge.map { bridge in
        let rules = BridgeChain.allCases.reduce(0) { $0 + bridge.rules(of: $1).count }
        return "bridge netpolc: \(rules) rules, \(bridge.ports.count) ports, "
          + "\(bridge.senders.count) senders"
      }
      return ruleset.tables.map { table in
        let rules = table.chains.reduce(0) { $0 + $1.rules.count }
        return "\(table.family.nftName) netpolc: \(table.chains.count) chains, \(rules) rules, "
          + "\(table.sets.count) sets, \(table.maps.reduce(0) { $0 + $1.elements.count }) verdicts"
      } + [bridge].compactMap(\.self)
    case .iptables(let filter, let variant):
      return filter.tables.map { table in
        let rules = table.chains.reduce(0) { $0 + $1.rules.count }
        let sets = filter.sets(table.family, table.name).count
        return
          "\(table.family.command) \(table.name.rawValue) (\(variant.rawValue)): "
          + "\(counted(table.chains.count, "chain")), \(counted(rules, "rule")), "
          + counted(sets, "set")
      }
    }
  }

  private func tables(_ rules: NodeRules) -> [String] {
    switch rules {
    case .nftables(let ruleset):
      ruleset.tables.map { "\($0.family.nftName) netpolc" }
        + (ruleset.bridge == nil ? [] : ["bridge netpolc"])
    case .iptables(let filter, _):
      filter.tables.map { "\($0.family.command) \($0.name.rawValue)" }
    }
  }

  private func report(
    _ denied: [DeniedFlow], _ status: Session<NetlinkKernel>.Status
  ) -> DeniedReport {
    DeniedReport(flows: denied, names: PodNames([], status.installed))
  }

  private func json(
    _ status: Session<NetlinkKernel>.Status, _ agent: AgentAnswer?, _ denied: [DeniedFlow]
  ) -> JSON {
    [
      "schema": "netpolc.status/v1",
      "generation": status.current.map { .integer($0) } ?? .null,
      "pending": status.pending.map { .integer($0) } ?? .null,
      "firewalls": .array(status.installed.map { $0.firewall.json }),
      "installed": .array(status.installed.flatMap(tables).map { .string($0) }),
      "unread": .array(status.unread.map { .string($0) }),
      "denied": report(denied, status).json,
      "drift": .array(agent == nil ? differences(status).map(\.json) : []),
      "agent": agent?.json ?? .null,
    ]
  }
}

extension Firewall {
  fileprivate var json: JSON {
    switch self {
    case .nftables: "nftables"
    case .iptables(let variant): .string("iptables-\(variant.rawValue)")
    }
  }
}
