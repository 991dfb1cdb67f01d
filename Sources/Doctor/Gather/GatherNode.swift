import CNI
import Host
import NetSets
import Netfilter

/// Where a node is looked at.
package struct NodeSource: Sendable {
  /// The directory that stands for `/`; nil for `/`.
  package let root: String?
  /// The network namespace; nil for this process's.
  package let namespace: NetworkNamespace?

  package init(root: String?, namespace: NetworkNamespace?) {
    self.root = root
    self.namespace = namespace
  }
}

extension Node {
  /// Looks at everything that can be seen, and changes nothing.
  package init(
    of source: NodeSource, profile: CNIProfile?, clusterNetworks: [IPPrefix]
  ) throws {
    let namespace = try source.namespace ?? NetworkNamespace.own()
    self = try namespace.enter {
      let files = RootedFiles(root: source.root)
      let links = GatheredLinks(files, isRooted: source.root != nil)
      let firewall = GatheredFirewall()
      let network = GatheredNetwork(files)
      return Node(
        network: NodeFacts(
          configurations: network.configurations, flannel: network.flannel,
          hasAWSState: files.exists("/var/run/aws-node/ipam.json"), links: links.links,
          tables: firewall.names), fileProblems: network.problems, forcedProfile: profile,
        clusterNetworks: clusterNetworks, settings: readSettings(files, links.links.value ?? []),
        routes: readRoutes(files), firewall: firewall.firewall, ownTables: firewall.ownTables,
        hasVirtualServers: virtualServers(files), hasUntrackedStreams: forwardedUntracked(),
        capabilities: threadCapabilities(), missingFeatures: refusedFeatures(),
        foreignLinks: links.foreign)
    }
  }
}

private func threadCapabilities() -> Known<Capabilities> {
  guard let effective = EffectiveCapabilities() else {
    return .unknown("/proc says nothing of this thread's capabilities")
  }
  return .known(Capabilities(administersNetworks: effective.administersNetworks))
}

/// Tries features out in a namespace of its own, which goes with the call.
private func refusedFeatures() -> Known<[MissingFeature]> {
  do {
    let kernel = try NetlinkKernel(in: NetworkNamespace())
    return .known(
      try kernel.refusedFeatures().map { feature, reason in
        MissingFeature(
          name: feature.rawValue, option: feature.option, module: feature.module,
          neededBy: feature.neededBy, reason: reason)
      })
  } catch {
    return .unknown("features are tried out in a network namespace of their own: \(error)")
  }
}

/// The table of services begins after two lines of heads (net/netfilter/ipvs/ip_vs_ctl.c).
private func virtualServers(_ files: RootedFiles) -> Bool {
  guard let bytes = try? files.bytes("/proc/thread-self/net/ip_vs") else { return false }
  return bytes.split(separator: UInt8(ascii: "\n")).contains { line in
    ["TCP", "UDP", "SCTP", "FWM"].contains { line.starts(with: $0.utf8) }
  }
}

private func readSettings(_ files: RootedFiles, _ links: [Link]) -> Settings {
  var names = [
    "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding",
    "net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables",
    "net.netfilter.nf_conntrack_max", "net.netfilter.nf_conntrack_count",
    "net.netfilter.nf_conntrack_tcp_loose",
  ]
  for device in ["all", "default"] + links.map(\.name) where !device.contains(".") {
    names += ["rp_filter", "proxy_arp_pvlan", "send_redirects"].map {
      "net.ipv4.conf.\(device).\($0)"
    }
  }
  var values: [String: String] = [:]
  for name in names {
    let path = String(name.map { $0 == "." ? "/" : $0 })
    values[name] = files.line("/proc/sys/\(path)")
  }
  // Names of devices may have dots, which sysctl(8) writes as slashes.
  for device in links.map(\.name) where device.contains(".") {
    for setting in ["rp_filter", "proxy_arp_pvlan", "send_redirects"] {
      values["net.ipv4.conf.\(device).\(setting)"] = files.line(
        "/proc/sys/net/ipv4/conf/\(device)/\(setting)")
    }
  }
  return Settings(isReadable: files.exists("/proc/sys/net"), values: values)
}
