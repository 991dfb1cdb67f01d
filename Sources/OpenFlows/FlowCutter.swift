import Apply
import Host
import NetSets
import Netfilter
import Nftables

/// Ends connections that are open and that rules would not let be opened, and those of addresses that
/// are no pod's any more: who gets such an address next is somebody else. The rules' demand that TCP
/// starts with SYN keeps them from coming back with their next packet.
package struct FlowCutter {
  private let conntrack: Conntrack
  private let judge: FlowJudge?

  /// - Parameter rules: nil for some that deny nothing.
  package init(_ rules: NodeRules?, in namespace: NetworkNamespace) throws {
    conntrack = try Conntrack(in: namespace)
    judge = try rules.map { rules in
      FlowJudge(rules, localAddresses: try namespace.enter { try localAddresses() })
    }
  }

  /// A connection whose first packet was under way during a change is listed only when that packet
  /// has left, so that it takes two looks, some time apart, to find them all.
  package static var secondLook: Duration { .milliseconds(50) }

  /// Connections that were open at some moment.
  package struct Found: Sendable {
    /// Of addresses whose connections are to end whatever rules say.
    package fileprivate(set) var forgotten: [ConnectionEntry] = []
    package fileprivate(set) var denied: [ConnectionEntry] = []
    /// How many others rules were asked about.
    package fileprivate(set) var kept = 0

    package init() {}
  }

  /// Looks for what is to end, and ends nothing.
  ///
  /// - Parameter addresses: whose connections are to end whatever rules say. A packet that comes
  ///   before the rules know that the pod is gone makes an entry again: change the rules first.
  /// - Throws: `KernelFailure.unable` with `EINVAL` by a kernel that cannot list connections.
  package func look(forgetting addresses: Set<IPAddress> = []) throws -> Found {
    var found = Found()
    guard let judge else {
      found.forgotten = try conntrack.entries(of: addresses)
      return found
    }
    for entry in try conntrack.entries() {
      if entry.hasEnd(in: addresses) {
        found.forgotten.append(entry)
      } else if isDenied(entry, judge) {
        found.denied.append(entry)
      } else {
        found.kept += 1
      }
    }
    return found
  }

  /// Ends what was found; of what was denied then, only what is denied by these rules too.
  ///
  /// - Returns: how many were ended.
  package func end(_ found: Found) throws -> Int {
    var count = 0
    for entry in found.forgotten where try conntrack.delete(entry) { count += 1 }
    guard let judge else { return count }
    for entry in found.denied where isDenied(entry, judge) {
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
