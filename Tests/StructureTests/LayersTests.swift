import Testing

/// Who may import whom. A target stands below those that import it, and imports nothing else: what
/// a target needs to know is seen here, and a new need is a change of this table.
@Suite struct LayersTests {
  private static let allowed: [String: Set<String>] = [
    "Diagnostics": [],
    "NetSets": [],
    "Manifests": ["CYaml", "Diagnostics"],
    "Kubernetes": ["Diagnostics", "Manifests", "NetSets"],
    "PolicyModel": ["Diagnostics", "Kubernetes", "NetSets"],
    "Dialects": ["Diagnostics", "Kubernetes", "Manifests", "NetSets", "PolicyModel"],
    "Nftables": ["NetSets"],
    "Iptables": ["NetSets"],
    "Masquerade": ["CNI", "Diagnostics", "Kubernetes", "Manifests", "NetSets"],
    // No Kubernetes: whoever lowers a graph cannot ask for more than the graph says.
    "Backends": [
      "Diagnostics", "Iptables", "Masquerade", "NetSets", "Nftables", "PolicyModel",
    ],
    "Compiler": ["Diagnostics", "Dialects", "Kubernetes", "Manifests", "NetSets", "PolicyModel"],
    "Apply": ["Host", "Iptables", "NetSets", "Nftables"],
    "Options": [
      "Apply", "ArgumentParser", "Backends", "CNI", "Kubernetes", "Masquerade", "NetSets",
    ],
    "Denials": ["Backends", "Diagnostics", "Host", "NetSets", "Netfilter", "PolicyModel"],
    "Incremental": [
      "Backends", "Compiler", "Diagnostics", "Iptables", "Kubernetes", "Masquerade", "NetSets",
      "Nftables", "PolicyModel",
    ],
    "OpenFlows": ["Apply", "Host", "NetSets", "Netfilter", "Nftables"],
    "Agent": [
      "Apply", "Backends", "CNI", "Compiler", "Denials", "Diagnostics", "Host", "Incremental",
      "Iptables", "Kubernetes", "Manifests", "Masquerade", "NetSets", "Netfilter", "Nftables",
      "OpenFlows",
      "PolicyModel", "Synchronization",
    ],
    "APISource": [
      "Agent", "Denials", "Diagnostics", "Dialects", "Host", "Incremental", "Kubernetes",
      "KubernetesAPI", "Manifests", "Synchronization",
    ],
    "StatusServer": ["Host", "NIOCore", "NIOHTTP1", "NIOPosix"],
    "netpolc-agent": [
      "APISource", "Agent", "Apply", "ArgumentParser", "Backends", "CNI", "Compiler", "Denials",
      "Diagnostics", "Doctor", "Glibc", "Host", "KubernetesAPI", "Manifests", "Masquerade",
      "Netfilter",
      "Options", "StatusServer", "Synchronization",
    ],
    "Analysis": ["Diagnostics", "Kubernetes", "NetSets", "PolicyModel"],
    "Assertions": [
      "Analysis", "Diagnostics", "Kubernetes", "Manifests", "NetSets", "PolicyModel",
    ],
    "Reports": ["Diagnostics"],
    "Schemas": ["Diagnostics"],
    "Capacity": ["Diagnostics"],
    "CNI": ["Diagnostics", "Kubernetes", "Manifests", "NetSets"],
    "Doctor": ["CNI", "Diagnostics", "Host", "Manifests", "NetSets", "Netfilter", "Nftables"],
    "Picture": [],
    "Lint": [
      "Analysis", "Compiler", "Diagnostics", "Kubernetes", "Manifests", "NetSets", "PolicyModel",
      "Reports",
    ],
    // The only one that speaks HTTP. What objects mean is for others.
    "KubernetesAPI": [
      "AsyncHTTPClient", "Diagnostics", "Host", "Manifests", "NIOCore", "NIOHTTP1", "NIOPosix",
      "NIOSSL", "Synchronization",
    ],
    "Host": ["CLinux", "Glibc", "NetSets", "Synchronization"],
    // Nothing else knows netlink.
    "Netfilter": ["CNetfilter", "Glibc", "Host", "NetSets", "Nftables"],
    "netpolc": [
      "Analysis", "Apply", "ArgumentParser", "Assertions", "Backends", "CNI", "Capacity",
      "Compiler", "Denials",
      "Diagnostics", "Doctor", "Glibc", "Host", "Iptables", "Kubernetes", "Lint", "Manifests",
      "Masquerade", "NetSets", "Netfilter", "Nftables", "OpenFlows", "Options", "Picture",
      "PolicyModel",
      "Reports",
      "Schemas", "Synchronization",
    ],
    "BenchSupport": [],
    "netpolc-bench": [
      "Agent", "Apply", "Backends", "BenchSupport", "CLinux", "Compiler", "Diagnostics", "Glibc",
      "Host",
      "Incremental", "Kubernetes", "Manifests", "NetSets", "Netfilter", "Nftables", "PolicyModel",
    ],
  ]

  @Test func `sources import what their layer may`() throws {
    for path in try Sources.swiftFiles() {
      let target = Sources.target(of: path)
      guard let allowed = Self.allowed[target] else {
        Issue.record("\(path): the target \(target) has no line in this table")
        continue
      }
      for module in Sources.imports(in: try Sources.text(path)) {
        #expect(allowed.contains(module), "\(path) imports \(module), which \(target) must not")
      }
    }
  }

  @Test func `every import that the table allows is used`() throws {
    var used: [String: Set<String>] = [:]
    for path in try Sources.swiftFiles() {
      used[Sources.target(of: path), default: []].formUnion(
        Sources.imports(in: try Sources.text(path)))
    }
    for (target, allowed) in Self.allowed {
      let unused = allowed.subtracting(used[target] ?? []).sorted()
      #expect(unused.isEmpty, "\(target) does not import \(unused.joined(separator: ", "))")
    }
  }

  @Test func `nothing imports Foundation`() throws {
    for path in try Sources.swiftFiles() + Sources.swiftFiles(below: "Tests") {
      let modules = Sources.imports(in: try Sources.text(path))
      #expect(!modules.contains { $0.hasPrefix("Foundation") }, "\(path)")
    }
  }
}
