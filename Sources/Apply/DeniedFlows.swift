import Iptables
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

/// Asks rules about connections that are already open.
package struct FlowJudge {
  private let firewall: any FlowFirewall
  private let local: Set<IPAddress>

  /// - Parameter localAddresses: the node's own, whose traffic is not forwarded.
  package init(_ rules: NodeRules, localAddresses: some Sequence<IPAddress>) {
    firewall =
      switch rules {
      case .nftables(let ruleset): NftablesFlows(ruleset)
      case .iptables(let filter, _): IptablesFlows(filter)
      }
    local = Set(localAddresses)
  }

  /// Whether the rules would not let the flow be opened. Flows without a pod of this node are
  /// nobody's business here.
  package func denies(_ flow: Flow) -> Bool {
    guard firewall.pods.contains(flow.source) || firewall.pods.contains(flow.destination),
      flow.source.family == flow.destination.family
    else { return false }
    let path: FlowPath =
      local.contains(flow.source) ? .output : local.contains(flow.destination) ? .input : .forward
    return firewall.denies(flow, on: path)
  }
}

/// The way of a packet through its node.
private enum FlowPath {
  case forward
  case input
  case output
}

private protocol FlowFirewall {
  /// Addresses of the node's pods, and perhaps of others.
  var pods: Set<IPAddress> { get }
  func denies(_ flow: Flow, on path: FlowPath) -> Bool
}

private struct NftablesFlows: FlowFirewall {
  let pods: Set<IPAddress>
  private let evaluators: [IPFamily: Nftables.Evaluator]

  init(_ ruleset: Ruleset) {
    evaluators = Dictionary(ruleset.tables.map { ($0.family, Nftables.Evaluator($0)) }) {
      first, _ in first
    }
    pods = Set(ruleset.tables.flatMap(\.maps).flatMap(\.elements).map(\.address))
  }

  func denies(_ flow: Flow, on path: FlowPath) -> Bool {
    let hook: Nftables.Hook =
      switch path {
      case .forward: .forward
      case .input: .input
      case .output: .output
      }
    let packet = Nftables.Packet(
      hook: hook, source: flow.source, destination: flow.destination, layer4: flow.layer4,
      destinationPort: flow.destinationPort, icmpType: flow.icmpType)
    return !(evaluators[flow.source.family]?.evaluate(packet).accepted ?? true)
  }
}

private struct IptablesFlows: FlowFirewall {
  let pods: Set<IPAddress>
  private let evaluators: [IPFamily: Iptables.Evaluator]

  init(_ filter: PacketFilter) {
    let tables = filter.tables.filter { $0.name == .filter }
    evaluators = Dictionary(tables.map { ($0.family, Iptables.Evaluator(filter, $0)) }) {
      first, _ in first
    }
    // The dispatch names each pod by its address alone. Peers that a rule names like that are asked
    // about too, which answers the same.
    pods = Set(
      tables.flatMap(\.chains).flatMap(\.rules).compactMap { rule in
        guard rule.matches.count == 1, case .address(_, let prefix) = rule.matches[0],
          prefix.length == prefix.family.width
        else { return nil }
        return prefix.base
      })
  }

  func denies(_ flow: Flow, on path: FlowPath) -> Bool {
    let hook: Iptables.Hook =
      switch path {
      case .forward: .forward
      case .input: .input
      case .output: .output
      }
    let packet = Iptables.Packet(
      hook: hook, source: flow.source, destination: flow.destination, layer4: flow.layer4,
      destinationPort: flow.destinationPort, icmpType: flow.icmpType)
    return !(evaluators[flow.source.family]?.evaluate(packet).passed ?? true)
  }
}
