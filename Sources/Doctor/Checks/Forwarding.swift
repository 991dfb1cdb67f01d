import NetSets

extension Check {
  /// Whether the node routes at all.
  static let forwarding = Check(name: "forwarding", group: .path) { node in
    guard node.settings.isReadable else { return .unknown("/proc/sys cannot be read") }
    let families = Set(node.podSubnets.map(\.family))
    let settings: [(IPFamily, String)] = [
      (.ipv4, "net.ipv4.ip_forward"), (.ipv6, "net.ipv6.conf.all.forwarding"),
    ]
    var findings: [NodeFinding] = []
    for (family, name) in settings where node.settings.number(name) != 1 {
      // Most nodes have no IPv6 among pods, and many none at all.
      let isUsed = families.isEmpty ? family == .ipv4 : families.contains(family)
      guard isUsed else { continue }
      findings.append(
        NodeFinding(
          .warning, "forwarding-off", what: "\(name) is \(node.settings[name] ?? "not there")",
          why: "the node forwards nothing between links, whatever policy allows",
          fix: Fix(
            "let the node forward", [.inNamespace("sysctl -w \(name)=1"), .atStart("\(name)=1")])))
    }
    return .of(findings, else: "the node forwards for its pods")
  }
}
