import ArgumentParser
import Compiler
import Diagnostics
import Host
import NetSets
import Netfilter
import PolicyModel

struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Follow packets through the kernel's rules, and say what dropped them.",
    discussion: """
      Marks the packets of a flow on this node and listens to what nftables does with them: which \
      rule of which policy let them pass or denied them, or which table of others dropped them. \
      SOURCE and DESTINATION are addresses, or with -f NAMESPACE/POD and NAMESPACE/WORKLOAD; PORT \
      is 5432, 53/UDP, 9000/SCTP or icmp. Answers are not followed, nor does iptables-legacy say \
      what it does. Needs root. Exits 0 when packets passed, 1 when one was dropped, 3 when there \
      were none.

      EXAMPLES
        netpolc trace -f manifests/ shop/report kube-system/coredns 53/UDP --for 20s
        netpolc trace 10.244.1.40 10.244.2.9 --packets 3 -o json
      """)

  @Argument(help: ArgumentHelp("Who sends.", valueName: "source"))
  var source: String

  @Argument(help: ArgumentHelp("To whom.", valueName: "destination"))
  var destination: String

  @Argument(help: ArgumentHelp("To which port; any, if not given.", valueName: "port"))
  var port: String?

  @OptionGroup var listening: ListenOptions

  @Option(
    name: .customLong("for"), help: ArgumentHelp("How long to listen.", valueName: "time"))
  var time = TimeSpan(seconds: 30)

  @Option(help: ArgumentHelp("After how many packets to stop.", valueName: "number"))
  var packets = 20

  @OptionGroup var talk: TalkOptions

  func validate() throws {
    if packets < 1 { throw ValidationError("--packets needs a number from 1") }
  }

  func run() throws {
    let flows = try flows()
    try KernelSession.reporting {
      let namespace = try listening.namespace()
      let trace = try PacketTrace(flows, in: namespace)
      announce(flows)
      try follow(trace, TracedRules(namespace))
    }
  }

  private func follow(_ trace: PacketTrace, _ rules: TracedRules) throws {
    let end = ContinuousClock.now + .seconds(time.seconds)
    var seen = TracedPackets()
    var wasDropped = false
    func report(_ packet: TracedPacket) throws {
      if packet.dropping != nil { wasDropped = true }
      let report = TraceReport(packet: packet, rules: rules)
      try Console.result(
        listening.output == .json ? try report.json().line + "\n" : try report.text())
    }
    while ContinuousClock.now < end, seen.count < packets {
      for event in try trace.next(milliseconds: 100) {
        if let dropped = seen.add(event) { try report(dropped) }
      }
      for packet in seen.passed(all: false) { try report(packet) }
    }
    // What the last packet still meets.
    for event in try trace.next(milliseconds: 300) {
      if let dropped = seen.add(event) { try report(dropped) }
    }
    for packet in seen.passed(all: true) { try report(packet) }
    if seen.count == 0 {
      throw Console.fail("no such packet in \(time.seconds) s", .environment)
    }
    if wasDropped { throw ExitCode.finding }
  }

  private func announce(_ flows: [PacketTrace.Flow]) {
    let pairs = flows.map { "\($0.source) to \($0.destination)" }.joined(separator: ", ")
    let count = packets == 1 ? "1 packet" : "\(packets) packets"
    Console.note(
      "listening  to \(pairs)\(port.map { ", \($0)" } ?? ""), at most \(count), "
        + "\(time.seconds) s")
  }

  /// One a family that both ends have.
  private func flows() throws -> [PacketTrace.Flow] {
    let reader = listening.files.isEmpty ? nil : PartyReader(try graph())
    let layer4 = try port.map { try PortArgument($0) }
    let flows = try IPFamily.allCases.compactMap { family -> PacketTrace.Flow? in
      guard let from = try address(source, family, reader),
        let to = try address(destination, family, reader)
      else { return nil }
      guard let layer4 else {
        return PacketTrace.Flow(from: from, to: to, layer4: nil, port: nil)
      }
      let kind = layer4.layer4(
        Party(endpoint: nil, address: from), Party(endpoint: nil, address: to))
      var number: UInt16?
      if case .transport(_, let port) = kind { number = port }
      return PacketTrace.Flow(
        from: from, to: to, layer4: kind.ipProtocol(in: family), port: number)
    }
    if flows.isEmpty {
      throw Console.fail(
        "\(source) and \(destination) have no family of addresses in common", .badInput)
    }
    return flows
  }

  private func graph() throws -> PolicyGraph {
    try compiled(
      try InputFiles.read(listening.files),
      for: Scope(node: nil, policesOwnNode: false, failsClosed: false)
    ).graph
  }

  /// nil when it has none of the family.
  private func address(
    _ text: String, _ family: IPFamily, _ reader: PartyReader?
  ) throws -> IPAddress? {
    if let address = IPAddress(text) { return address.family == family ? address : nil }
    guard let reader else {
      throw Console.fail("\(text) is no address; give -f to name pods", .badInput)
    }
    let address = try reader.party(text, family: family).address
    return address?.family == family ? address : nil
  }
}
