import ArgumentParser
import Denials
import Diagnostics
import Host
import Netfilter
import Nftables
import PolicyModel

/// Shows packets that rules send to an nflog group when they deny them, or would.
struct DenialWatch {
  let group: UInt16
  let seconds: Int?
  let isJSON: Bool
  let hasColour: Bool
  let hasNames: Bool
  let includes: (DenyRecord) -> Bool

  func follow(_ graph: PolicyGraph, in namespace: NetworkNamespace) throws {
    let log = try PacketLog(group: group, in: namespace)
    try announce(namespace)
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    var reporter = DenyReporter()
    var lost = 0
    var wasDenied = false
    while end.map({ ContinuousClock.now < $0 }) ?? true {
      let reading = try log.read(within: 100)
      lost += reading.lost
      for packet in reading.packets {
        let record = try namespace.enter {
          reporter.record(
            of: packet, at: .now(), by: graph, interfaceName: { interfaceName($0) })
        }
        guard let record, includes(record) else { continue }
        if !record.isAudited { wasDenied = true }
        try Console.result(
          isJSON ? record.json.line + "\n" : record.text(hasColour: hasColour) + "\n")
      }
    }
    sayWhatIsMissing(reporter, lost: lost)
    if wasDenied { throw ExitCode.finding }
  }

  private func sayWhatIsMissing(_ reporter: DenyReporter, lost: Int) {
    if reporter.suppressed > 0 {
      Console.say("\(reporter.suppressed) denied packets of namespaces with many were left out")
    }
    if lost > 0 { Console.say("\(lost) logged packets were not read in time") }
    if reporter.foreign > 0 {
      Console.say(
        "\(reporter.foreign) packets in nflog group \(group) were logged by rules of others")
    }
  }

  /// Also says when nothing is to be expected.
  private func announce(_ namespace: NetworkNamespace) throws {
    let until = seconds.map { "\($0) s" } ?? "Ctrl-C"
    Console.note("listening  to nflog group \(group), until \(until)")
    if !hasNames { Console.note("pods and policies have no names here without -f") }
    let tables = try NetlinkKernel(in: namespace).read(table: "netpolc").ruleset.tables
    let logs = tables.flatMap(\.chains).flatMap(\.rules).flatMap(\.statements).contains {
      switch $0 {
      case .log(_, let group): group == Int(self.group)
      case .counter, .namedCounter, .limit, .updateFlow: false
      }
    }
    if !tables.isEmpty, !logs {
      Console.say(
        "the rules of this node log nothing to group \(group); apply them with --deny-log")
    }
  }
}
