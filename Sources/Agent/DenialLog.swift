import Backends
import Denials
import Host
import Incremental
import Netfilter

/// The packets that rules logged, with the names that the agent knows.
struct DenialLog {
  private let log: PacketLog
  private var reporter: DenyReporter
  private let namespace: NetworkNamespace
  private var lost = 0

  init(
    _ logging: DenyLogging, _ settings: AgentSettings, in namespace: NetworkNamespace
  ) throws {
    log = try PacketLog(group: logging.group, in: namespace)
    reporter = DenyReporter(perSecond: settings.deniesPerSecond)
    self.namespace = namespace
  }

  var descriptor: Int32 { log.descriptor }

  var counts: DenialCounts {
    DenialCounts(told: reporter.reported, suppressed: reporter.suppressed, lost: lost)
  }

  /// What has come since the last time.
  mutating func records(by compiler: borrowing NodeCompiler) throws -> [DenyRecord] {
    let reading = try log.read()
    lost += reading.lost
    var records: [DenyRecord] = []
    for packet in reading.packets {
      let record = reporter.record(
        of: packet, at: .now(), by: compiler,
        interfaceName: { number in try? namespace.enter { interfaceName(number) } })
      if let record { records.append(record) }
    }
    return records
  }
}

/// How many denied packets were told of.
package struct DenialCounts: Sendable {
  package var told = 0
  /// Left out, because their namespace had more.
  package var suppressed = 0
  /// Not read in time.
  package var lost = 0
}
