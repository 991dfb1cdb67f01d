import Apply
import ArgumentParser
import Glibc
import Host
import NetSets
import Netfilter
import Nftables

/// Ends connections that are open and that rules would not let be opened. The rules' demand
/// that TCP starts with SYN keeps them from coming back with their next packet.
struct FlowCutter {
  private let namespace: NetworkNamespace

  init(_ namespace: NetworkNamespace) { self.namespace = namespace }

  /// Looks twice: a connection whose first packet was under way during the change is listed only
  /// when that packet has left. A kernel that cannot list connections is no failure of the change,
  /// which stands; it is said.
  /// - Parameter rules: nil for none, which deny nothing.
  func cut(deniedBy rules: NodeRules?) throws {
    guard let rules else { return }
    let conntrack = try Conntrack(in: namespace)
    let judge = FlowJudge(
      rules, localAddresses: try namespace.enter { try localAddresses() })
    do {
      var count = try cut(conntrack, judge)
      sleepMilliseconds(50)
      count += try cut(conntrack, judge)
      if count > 0 { Console.note("cut \(count) open connection\(count == 1 ? "" : "s")") }
    } catch KernelFailure.unable(EINVAL, let reason) {
      Console.say("open connections that are denied now were not cut: \(reason)")
    }
  }

  private func cut(_ conntrack: Conntrack, _ judge: FlowJudge) throws -> Int {
    var count = 0
    for entry in try conntrack.entries() where isDenied(entry, judge) {
      if try conntrack.delete(entry) { count += 1 }
    }
    return count
  }

  private func isDenied(_ entry: ConnectionEntry, _ judge: FlowJudge) -> Bool {
    guard entry.isMetInItsMiddle else { return judge.denies(Flow(entry)) }
    let isFirst = FlowCutter.clientPorts.contains(entry.original.sourcePort ?? 0)
    let isOther = FlowCutter.clientPorts.contains(entry.reply.sourcePort ?? 0)
    switch (isFirst, isOther) {
    case (true, false): return judge.denies(Flow(entry))
    case (false, true): return judge.denies(Flow(openedByOtherEnd: entry))
    // Whoever opened it, if that was allowed it stays.
    case (true, true), (false, false):
      return judge.denies(Flow(entry)) && judge.denies(Flow(openedByOtherEnd: entry))
    }
  }

  /// What the kernel gives to those who connect (`net.ipv4.ip_local_port_range`, as it comes): the
  /// end that has such a port opened the connection, if the other has none.
  private static let clientPorts: ClosedRange<UInt16> = 32768...60999
}

extension Flow {
  /// From who opened it to where it really went, which is where its answers come from.
  fileprivate init(_ entry: ConnectionEntry) {
    let isICMP = entry.original.layer4 == .icmp || entry.original.layer4 == .icmpv6
    let echoRequest: UInt8 = entry.original.source.family == .ipv4 ? 8 : 128
    self.init(
      source: entry.original.source, destination: entry.reply.source,
      layer4: entry.original.layer4, destinationPort: entry.reply.sourcePort ?? 0,
      icmpType: isICMP ? echoRequest : nil)
  }

  /// The same connection, as if its other end had opened it.
  fileprivate init(openedByOtherEnd entry: ConnectionEntry) {
    self.init(
      source: entry.reply.source, destination: entry.original.source,
      layer4: entry.original.layer4, destinationPort: entry.original.sourcePort ?? 0)
  }
}
