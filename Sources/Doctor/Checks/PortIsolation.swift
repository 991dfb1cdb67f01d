import CNI
import NetSets

/// The other way to have bridged packets routed: the ports of pods do not reach each other, and the
/// bridge itself answers for every neighbour (`proxy_arp_pvlan`, RFC 3069), so that a packet to a
/// pod of the same bridge goes up to the node and down again, through the forward hook.
struct PortIsolation {
  let node: Node
  private let bridges: [NetworkConfiguration.BridgeSettings]

  init(_ node: Node) {
    self.node = node
    bridges = node.bridges
  }

  /// Whether the configuration isolates ports, or the bridge has been told to answer.
  var isMeant: Bool {
    bridges.contains { bridge in
      bridge.isolatesPorts
        || node.settings.number("net.ipv4.conf.\(bridge.device).proxy_arp_pvlan") == 1
    }
  }

  var outcome: Check.Outcome {
    guard case .known(let links) = node.network.links else {
      return .unknown("whether the bridge's ports are isolated")
    }
    var findings: [NodeFinding] = []
    for settings in bridges {
      let bridge = settings.device
      if !settings.isolatesPorts { findings.append(notConfigured(bridge)) }
      guard links.contains(where: { $0.name == bridge }) else {
        findings.append(noBridgeYet(bridge))
        continue
      }
      let open = links.filter { $0.master == bridge && $0.isIsolated != true }.map(\.name)
      if !open.isEmpty { findings.append(openPorts(bridge, open)) }
      if node.settings.number("net.ipv4.conf.\(bridge).proxy_arp_pvlan") != 1 {
        findings.append(noAnswers(bridge))
      }
      findings += redirects(bridge)
    }
    if node.podSubnets.contains(where: { $0.family == .ipv6 }) { findings.append(noIPv6) }
    let order = NodeFinding.Level.allCases
    findings.sort {
      (order.firstIndex(of: $0.level) ?? 0) < (order.firstIndex(of: $1.level) ?? 0)
    }
    return .of(
      findings,
      else: """
        ports of \(bridges.map(\.device).joined(separator: ", ")) are isolated, and the bridge answers for pods: \
        all is routed
        """)
  }

  private func notConfigured(_ bridge: String) -> NodeFinding {
    NodeFinding(
      .error, "bridge-ports-open",
      what: "the network's configuration has no portIsolation for \(bridge)",
      why: "the port of the next pod is not isolated: its packets to others would meet no rule",
      fix: Fix("add \"portIsolation\": true to the bridge plugin, in flannel's to its delegate"))
  }

  private func noBridgeYet(_ bridge: String) -> NodeFinding {
    NodeFinding(
      .warning, "bridge-not-made",
      what: "there is no \(bridge) yet, so that its proxy_arp_pvlan cannot be set",
      why: "once it is there, pods of this node cannot reach each other before that is set",
      fix: Fix("run netpolc doctor again when the node has its first pod"))
  }

  private func openPorts(_ bridge: String, _ ports: [String]) -> NodeFinding {
    let some = ports.prefix(3).joined(separator: ", ") + (ports.count > 3 ? " …" : "")
    return NodeFinding(
      .error, "bridge-ports-open",
      what: "of \(bridge)'s ports, \(ports.count) are not isolated: \(some)",
      why: "what they and others send each other is switched, and meets no rule",
      fix: Fix(
        "isolate them",
        ports.map { .inNamespace("bridge link set dev \(shellWord($0)) isolated on") }))
  }

  private func noAnswers(_ bridge: String) -> NodeFinding {
    let name = "net.ipv4.conf.\(bridge).proxy_arp_pvlan"
    return NodeFinding(
      .warning, "bridge-answers-not",
      what: "\(name) is not 1",
      why: "pods whose ports are isolated find no other pod of this node, whatever policy allows",
      // The kernel answers for others after up to 0.8 seconds else (arp(7), proxy_delay).
      fix: Fix(
        "have the bridge answer for them, and at once",
        [
          .inNamespace("sysctl -w \(name)=1"),
          .inNamespace("sysctl -w net.ipv4.neigh.\(bridge).proxy_delay=0"),
        ]))
  }

  /// The kernel sends them when either says so (`IN_DEV_TX_REDIRECTS`).
  private func redirects(_ bridge: String) -> [NodeFinding] {
    let names = ["all", bridge].map { "net.ipv4.conf.\($0).send_redirects" }
    let on = names.filter { node.settings.number($0) != 0 }
    if on.isEmpty { return [] }
    return [
      NodeFinding(
        .warning, "bridge-redirects", what: "\(on.joined(separator: " and ")) is not 0",
        why:
          "the node tells pods to send to each other directly, which their ports do not let them",
        fix: Fix("send no redirects", on.map { .inNamespace("sysctl -w \($0)=0") }))
    ]
  }

  private var noIPv6: NodeFinding {
    NodeFinding(
      .warning, "bridge-answers-no-ipv6",
      what: "pods have IPv6 addresses, for which a bridge with isolated ports does not answer",
      why: "pods of this node do not reach each other by IPv6, whatever policy allows",
      fix: Fix("use br_netfilter instead of isolated ports"))
  }
}
