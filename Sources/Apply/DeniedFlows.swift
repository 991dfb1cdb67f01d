import NetSets
import Nftables

/// A connection that the kernel tracks, as policies see it: from who opened it to where it really
/// goes, after the translation of service addresses.
package struct Flow: Hashable, Sendable {
  package let source: IPAddress
  package let destination: IPAddress
  package let layer4: IPProtocol
  /// 0 for protocols without ports.
  package let destinationPort: UInt16
  package let icmpType: UInt8?

  package init(
    source: IPAddress, destination: IPAddress, layer4: IPProtocol, destinationPort: UInt16,
    icmpType: UInt8? = nil
  ) {
    self.source = source
    self.destination = destination
    self.layer4 = layer4
    self.destinationPort = destinationPort
    self.icmpType = icmpType
  }
}

/// Asks a ruleset about connections that are already open.
package struct FlowJudge {
  private let evaluators: [IPFamily: Evaluator]
  private let pods: Set<IPAddress>
  private let local: Set<IPAddress>

  /// - Parameter localAddresses: the node's own, whose traffic is not forwarded.
  package init(_ ruleset: Ruleset, localAddresses: some Sequence<IPAddress>) {
    evaluators = Dictionary(ruleset.tables.map { ($0.family, Evaluator($0)) }) { first, _ in first }
    pods = Set(ruleset.tables.flatMap(\.maps).flatMap(\.elements).map(\.address))
    local = Set(localAddresses)
  }

  /// Whether the ruleset would not let the flow be opened. Flows without a pod of this node are
  /// nobody's business here.
  package func denies(_ flow: Flow) -> Bool {
    guard pods.contains(flow.source) || pods.contains(flow.destination),
      let evaluator = evaluators[flow.source.family], flow.source.family == flow.destination.family
    else { return false }
    let hook: Hook =
      local.contains(flow.source) ? .output : local.contains(flow.destination) ? .input : .forward
    let packet = Packet(
      hook: hook, source: flow.source, destination: flow.destination, layer4: flow.layer4,
      destinationPort: flow.destinationPort, icmpType: flow.icmpType)
    return !evaluator.evaluate(packet).accepted
  }
}
