import Apply
import ArgumentParser
import Diagnostics
import Netfilter
import Nftables

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say what the kernel holds, and whether that is what was applied.",
    discussion: """
      Exits 1 when the kernel holds something else, or a generation waits for confirmation.

      EXAMPLES
        netpolc status
        netpolc status -o json
      """)

  @OptionGroup var kernel: KernelOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("How to print it.", valueName: "format"))
  var output = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  func run() throws {
    // Without the lock, which an apply that waits for its confirmation holds.
    var status = try kernel.withSession(alone: false) { try $0.session.status() }
    let denied = try kernel.withSession(alone: false) {
      try $0.kernel.deniedFlows(inSet: "drops", table: "netpolc")
    }
    if !status.drift.isEmpty, status.pending == nil {
      // Perhaps an apply has given it to the kernel and is about to write the record.
      status = try kernel.withSession { try $0.session.status() }
    }
    switch output {
    case .text: try Console.result(text(status, denied))
    case .json: try Console.result(json(status, denied).text)
    }
    if !status.drift.isEmpty || status.pending != nil { throw ExitCode.finding }
  }

  private func text(
    _ status: Session<NetlinkKernel>.Status, _ denied: [DeniedFlow]
  ) -> String {
    var lines: [String] = []
    if status.installed.ruleset.isEmpty {
      lines.append("enforcing  nothing: there is no table of netpolc")
    } else {
      lines.append("enforcing  generation \(status.current.map { "\($0)" } ?? "unknown")")
    }
    if let pending = status.pending {
      lines.append("pending    generation \(pending) waits for netpolc confirm")
    }
    for table in status.installed.ruleset.tables {
      let rules = table.chains.reduce(0) { $0 + $1.rules.count }
      lines.append(
        "table      \(table.family.nftName) netpolc: \(table.chains.count) chains, \(rules) rules, "
          + "\(table.sets.count) sets, \(table.maps.reduce(0) { $0 + $1.elements.count }) verdicts")
    }
    if let bridge = status.installed.ruleset.bridge {
      let rules = BridgeChain.allCases.reduce(0) { $0 + bridge.rules(of: $1).count }
      lines.append(
        "table      bridge netpolc: \(rules) rules, \(bridge.ports.count) ports, "
          + "\(bridge.senders.count) senders")
    }
    if !status.installed.ruleset.tables.isEmpty {
      lines += report(denied, status).lines
    }
    if status.drift.isEmpty {
      lines.append("drift      none")
    } else {
      lines.append("drift      the kernel holds something else than was applied:")
      for table in status.drift.tables {
        let text = TableDifferenceText(
          table: table, names: PodNames([], [status.installed.ruleset]))
        lines += text.lines.map { "  \($0)" }
      }
      if let bridge = status.drift.bridge { lines += bridge.lines.map { "  \($0)" } }
      lines.append("           netpolc apply mends it")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func report(
    _ denied: [DeniedFlow], _ status: Session<NetlinkKernel>.Status
  ) -> DeniedReport {
    DeniedReport(flows: denied, names: PodNames([], [status.installed.ruleset]))
  }

  private func json(
    _ status: Session<NetlinkKernel>.Status, _ denied: [DeniedFlow]
  ) -> JSON {
    [
      "schema": "netpolc.status/v1",
      "generation": status.current.map { .integer($0) } ?? .null,
      "pending": status.pending.map { .integer($0) } ?? .null,
      "installed": .array(
        status.installed.ruleset.tables.map { .string("\($0.family.nftName) netpolc") }
          + (status.installed.ruleset.bridge == nil ? [] : ["bridge netpolc"])),
      "denied": report(denied, status).json,
      "drift": .array(status.drift.json(PodNames([], [status.installed.ruleset]))),
    ]
  }
}
