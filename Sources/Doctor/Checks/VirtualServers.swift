import CNI

extension Check {
  /// kube-proxy with IPVS takes packets past the forward hook.
  static let virtualServers = Check(name: "ipvs", group: .path) { node in
    let hasLink = node.link("kube-ipvs0") != nil
    guard hasLink || node.hasVirtualServers else {
      if let why = node.network.links.reason { return .unknown("the links: \(why)") }
      return .fine("kube-proxy does not use IPVS here")
    }
    let finding = NodeFinding(
      .error, "kube-proxy-ipvs",
      what: hasLink
        ? "there is kube-ipvs0: kube-proxy uses IPVS" : "there are virtual servers of IPVS",
      why: """
        what pods send to a Service leaves by the output hook, with the forward hook not passed: \
        rules there see nothing of it
        """,
      fix: Fix(
        """
        set mode: nftables or mode: iptables in kube-proxy's configuration, restart it, and run \
        kube-proxy --cleanup on the node
        """))
    return .found([finding])
  }
}
