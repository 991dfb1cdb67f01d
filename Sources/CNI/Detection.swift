/// Which network a node has, and what says so.
package struct Detection: Sendable, Hashable {
  package let profile: CNIProfile
  /// Such as `/etc/cni/net.d/10-flannel.conflist, plugin flannel`.
  package let evidence: String

  package init(profile: CNIProfile, evidence: String) {
    self.profile = profile
    self.evidence = evidence
  }
}

extension NodeFacts {
  /// What the runtime is told comes first, then what agents leave behind, then what they make in
  /// the kernel, most telling first. Nil when nothing points anywhere.
  package var detection: Detection? {
    detectionByConfiguration ?? detectionByState ?? detectionByLinks ?? detectionByTables
  }

  private var detectionByConfiguration: Detection? {
    guard let configuration = configurations.first else { return nil }
    for plugin in configuration.plugins {
      guard let profile = Self.profiles[plugin.type] else { continue }
      return Detection(
        profile: profile, evidence: "\(configuration.path), plugin \(plugin.type)")
    }
    return nil
  }

  /// By the plugin's type. A plugin that only calls others (multus) is not among them.
  private static let profiles: [String: CNIProfile] = [
    "bridge": .bridge, "ptp": .ptp, "flannel": .flannel, "calico": .calico, "aws-cni": .awsVPC,
    "kindnet": .kindnet, "azure-vnet": .azure, "cilium-cni": .cilium, "antrea": .antrea,
    // Kubelet's own plugin of old was a bridge too.
    "kubenet": .bridge,
  ]

  private var detectionByState: Detection? {
    if flannel != nil { return Detection(profile: .flannel, evidence: "/run/flannel/subnet.env") }
    if hasAWSState {
      return Detection(profile: .awsVPC, evidence: "/var/run/aws-node/ipam.json")
    }
    return nil
  }

  /// Those that nothing else makes; `veth` and `vlan` are everybody's.
  private static let linkPrefixes: [(prefix: String, profile: CNIProfile)] = [
    ("cilium_", .cilium), ("lxc_", .cilium), ("antrea-gw", .antrea), ("cali", .calico),
    ("vxlan.calico", .calico), ("flannel", .flannel), ("eni", .awsVPC), ("azv", .azure),
    ("knet", .kindnet),
  ]

  private var detectionByLinks: Detection? {
    guard let links = links.value else { return nil }
    for (prefix, profile) in Self.linkPrefixes {
      guard let link = links.first(where: { $0.name.hasPrefix(prefix) }) else { continue }
      return Detection(profile: profile, evidence: "the link \(link.name)")
    }
    if let bridge = links.first(where: { $0.name == "cni0" && $0.kind == "bridge" }) {
      return Detection(profile: .bridge, evidence: "the bridge \(bridge.name)")
    }
    return nil
  }

  private static let tableProfiles: [(table: String, profile: CNIProfile)] = [
    ("flannel-ipv4", .flannel), ("flannel-ipv6", .flannel), ("aws-cni", .awsVPC),
    ("calico", .calico), ("kindnet-ipmasq", .kindnet), ("cni_plugins_masquerade", .bridge),
  ]

  private var detectionByTables: Detection? {
    guard let tables = tables.value else { return nil }
    for (table, profile) in Self.tableProfiles where tables.contains(table) {
      return Detection(profile: profile, evidence: "the nftables table \(table)")
    }
    return nil
  }
}
