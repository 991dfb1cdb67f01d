import CNI
import NetSets

extension Check {
  /// Whether rules see what a bridge switches between pods of this node.
  static let bridgeNetfilter = Check(name: "bridge-netfilter", group: .path) { node in
    guard let profile = node.profile else { return .notAsked("no container network is known") }
    guard !node.bridges.isEmpty else {
      return .notAsked("no bridge is known to carry packets of \(profile.rawValue)'s pods")
    }
    guard node.settings.isReadable else { return .unknown("/proc/sys cannot be read") }
    let off = [IPFamily.ipv4, .ipv6].filter { node.settings.number(setting($0)) != 1 }
    if off.isEmpty { return .fine("br_netfilter takes bridged packets to the forward hook") }
    let isolation = PortIsolation(node)
    if off.contains(.ipv4), isolation.isMeant { return isolation.outcome }
    let findings = off.map { family in finding(node, family) }
    return .of(findings, else: "")
  }
}

private func setting(_ family: IPFamily) -> String {
  "net.bridge.bridge-nf-call-\(family == .ipv4 ? "iptables" : "ip6tables")"
}

private func finding(_ node: Node, _ family: IPFamily) -> NodeFinding {
  let name = setting(family)
  let isMissing = node.settings[name] == nil
  let families = Set(node.podSubnets.map(\.family))
  // Pods without addresses of a family have nothing there that policy could be about.
  let isUsed = families.isEmpty ? family == .ipv4 : families.contains(family)
  let text = family == .ipv4 ? "IPv4" : "IPv6"
  let isUnsure = families.isEmpty && family == .ipv6
  return NodeFinding(
    isUsed ? .error : isUnsure ? .warning : .note, "bridge-netfilter-off",
    what: isMissing
      ? "br_netfilter is not loaded: there is no \(name)"
      : "\(name) is \(node.settings[name] ?? "")",
    why: isUsed || isUnsure
      ? """
      packets between pods of this node are switched by \(node.bridges.map(\.device).joined(separator: ", ")) \
      and never meet a rule of \(text): whatever policy says, they pass
      """
      : "no pod here has an address of \(text); should one get it, its packets would meet no rule",
    fix: Fix(
      """
      load br_netfilter and set it to 1; or isolate the bridge's ports (portIsolation: true in the \
      configuration, proxy_arp_pvlan on the bridge), so that every packet is routed
      """,
      (isMissing ? [.onMachine("modprobe br_netfilter")] : [])
        + [.inNamespace("sysctl -w \(name)=1"), .atStart("\(name)=1")]
        + (isMissing ? [.onMachine("echo br_netfilter >/etc/modules-load.d/90-netpolc.conf")] : [])
    ))
}
