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

extension NodeFacts {
  /// Looks at files and links only, which takes no time.
  package init(of namespace: NetworkNamespace) throws {
    self = try namespace.enter {
      let files = RootedFiles(root: nil)
      return NodeFacts(
        files, GatheredNetwork(files),
        links: GatheredLinks(files, isRooted: false, here: Host.linkNames()).links,
        tables: .unknown("they were not looked at"))
    }
  }

  fileprivate init(
    _ files: RootedFiles, _ network: GatheredNetwork, links: Known<[Link]>,
    tables: Known<[String]>
  ) {
    self.init(
      configurations: network.configurations, flannel: network.flannel,
      // Under another root, /var/run may be a link that leads out of it.
      hasAWSState: ["/run", "/var/run"].contains { files.exists("\($0)/aws-node/ipam.json") },
      links: links, tables: tables)
  }
}

extension Node {
  /// Looks at everything that can be seen, and changes nothing.
  package init(
    of source: NodeSource, profile: CNIProfile?, clusterNetworks: [IPPrefix]
  ) throws {
    let namespace = try source.namespace ?? NetworkNamespace.own()
    self = try namespace.enter {
      Node(
        RootedFiles(root: source.root), isRooted: source.root != nil, LiveFacts(),
        profile: profile, clusterNetworks: clusterNetworks)
    }
  }

  /// - Parameter isRooted: whether the files are under another directory than `/`.
  init(
    _ files: RootedFiles, isRooted: Bool, _ live: LiveFacts, profile: CNIProfile? = nil,
    clusterNetworks: [IPPrefix] = []
  ) {
    let links = GatheredLinks(files, isRooted: isRooted, here: live.linkNames)
    let network = GatheredNetwork(files)
    self.init(
      network: NodeFacts(files, network, links: links.links, tables: live.tableNames),
      fileProblems: network.problems, forcedProfile: profile,
      clusterNetworks: clusterNetworks, settings: readSettings(files, links.links.value ?? []),
      routes: readRoutes(files), firewall: live.firewall, ownTables: live.ownTables,
      hasVirtualServers: virtualServers(files), hasUntrackedStreams: live.hasUntrackedStreams,
      capabilities: live.capabilities, missingFeatures: live.missingFeatures,
      foreignLinks: links.foreign)
  }
}

/// What is asked of the running kernel, in the calling thread's network namespace.
struct LiveFacts: Sendable {
  var firewall: Known<Firewall>
  var ownTables: Known<[String]>
  /// Of all tables, without families.
  var tableNames: Known<[String]>
  var linkNames: Set<String>
  var hasUntrackedStreams: Bool
  var capabilities: Known<Capabilities>
  var missingFeatures: Known<[MissingFeature]>
}

extension LiveFacts {
  init() {
    let seen = GatheredFirewall()
    self.init(
      firewall: seen.firewall, ownTables: seen.ownTables, tableNames: seen.names,
      linkNames: Host.linkNames(), hasUntrackedStreams: forwardedUntracked(),
      capabilities: threadCapabilities(), missingFeatures: refusedFeatures())
  }
}

private func threadCapabilities() -> Known<Capabilities> {
  guard let effective = EffectiveCapabilities() else {
    return .unknown("/proc says nothing of this thread's capabilities")
  }
  return .known(Capabilities(administersNetworks: effective.administersNetworks))
}

/// Tries features out in a namespace of its own, which goes with the call; without the right to make
/// one (CAP_SYS_ADMIN) the kernel is only asked to check them here, and keeps nothing.
private func refusedFeatures() -> Known<[MissingFeature]> {
  do {
    let scratch = try? NetworkNamespace()
    let kernel = try NetlinkKernel(in: scratch)
    return .known(
      try kernel.refusedFeatures(isDryRun: scratch == nil).map { feature, reason in
        MissingFeature(
          name: feature.rawValue, option: feature.option, module: feature.module,
          neededBy: feature.neededBy, reason: reason)
      })
  } catch {
    return .unknown(GatheredFirewall.reason(error))
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
