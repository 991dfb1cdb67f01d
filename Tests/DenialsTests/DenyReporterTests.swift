import Compiler
import Denials
import Host
import NetSets
import Netfilter
import PolicyModel
import TestSupport
import Testing

/// How many records there are.
@Suite struct DenyReporterTests {
  private let graph: PolicyGraph
  private static let begin = 1_000_000

  init() throws {
    graph = try compileText(
      (0..<200).map { number in
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: n\(number), labels: {app: web}}
        status: {phase: Running, podIP: 10.0.\(number).1}
        """
      }.joined(separator: "\n---\n")
    ).graph
  }

  private func packet(
    to namespace: Int, prefix: String = "netpolc deny-in "
  ) throws -> LoggedPacket {
    let bytes = SamplePacket.ipv4(
      from: try #require(IPAddress("203.0.113.9")),
      to: try #require(IPAddress("10.0.\(namespace).1")), layer4: 6, [0, 80, 0, 80])
    return LoggedPacket(
      prefix: prefix, header: try #require(PacketHeader(bytes)), inInterface: nil,
      outInterface: nil)
  }

  private func record(
    _ reporter: inout DenyReporter, _ packet: LoggedPacket, after milliseconds: Int
  ) -> DenyRecord? {
    reporter.record(
      of: packet, at: Timestamp(milliseconds: Self.begin + milliseconds), by: graph
    ) { _ in nil }
  }

  @Test func `a namespace that floods is cut down to its rate, and says by how much`() throws {
    var reporter = DenyReporter(perSecond: 10)
    let packet = try packet(to: 1)
    // A packet a millisecond for ten seconds: ten that were saved, and ten a second.
    let records = (0..<10_000).compactMap { record(&reporter, packet, after: $0) }
    #expect(records.count == 109)
    #expect(reporter.reported == 109)
    #expect(reporter.suppressed == 10_000 - 109)
    #expect(records.prefix(10).allSatisfy { $0.suppressed == 0 })
    #expect(records.dropFirst(10).allSatisfy { $0.suppressed > 80 })
    let last = try #require(record(&reporter, packet, after: 20_000))
    #expect(records.reduce(last.suppressed) { $0 + $1.suppressed } == reporter.suppressed)
  }

  @Test func `another namespace loses nothing by it`() throws {
    var reporter = DenyReporter(perSecond: 10)
    let (noisy, quiet) = (try packet(to: 1), try packet(to: 2))
    for millisecond in 0..<5000 { _ = record(&reporter, noisy, after: millisecond) }
    for second in 0..<5 {
      #expect(record(&reporter, quiet, after: second * 1000)?.suppressed == 0)
    }
    // Nor is what was left out forgotten for those that come after.
    for number in 3..<200 {
      #expect(record(&reporter, try packet(to: number), after: 60_000) != nil)
    }
    #expect(record(&reporter, noisy, after: 60_000)?.suppressed ?? 0 > 0)
  }

  @Test func `a clock that is set back stops nothing for longer than a second`() throws {
    var reporter = DenyReporter(perSecond: 1)
    let packet = try packet(to: 1)
    #expect(record(&reporter, packet, after: 3_600_000) != nil)
    #expect(record(&reporter, packet, after: 0) == nil)
    #expect(record(&reporter, packet, after: 1000)?.suppressed == 1)
  }

  @Test func `what others log in the same group is counted, and no record`() throws {
    var reporter = DenyReporter()
    #expect(record(&reporter, try packet(to: 1, prefix: "DROP by policy "), after: 0) == nil)
    #expect(reporter.foreign == 1)
    #expect(reporter.suppressed == 0)
  }
}
