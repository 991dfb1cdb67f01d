import CNI
import Host
import NetSets
import TestSupport

@testable import Doctor

/// A node laid out as files, of which nothing is wrong until a test makes it so.
struct FakeNode {
  var files: [String: String]
  /// Links with what sysfs shows of them.
  var links: [Link] = [Link(name: "lo", kind: nil, master: nil, isIsolated: nil)]
  var live = LiveFacts(
    firewall: .known(Firewall()), ownTables: .known([]), tableNames: .known([]), linkNames: [],
    hasUntrackedStreams: false, capabilities: .known(Capabilities(administersNetworks: true)),
    missingFeatures: .known([]))
  var profile: CNIProfile?
  var clusterNetworks: [IPPrefix] = []

  init(_ configuration: String? = Conflist.bridge) {
    files = [
      "proc/sys/net/ipv4/ip_forward": "1\n",
      "proc/sys/net/ipv6/conf/all/forwarding": "1\n",
      "proc/sys/net/bridge/bridge-nf-call-iptables": "1\n",
      "proc/sys/net/bridge/bridge-nf-call-ip6tables": "1\n",
      "proc/sys/net/netfilter/nf_conntrack_max": "1000\n",
      "proc/sys/net/netfilter/nf_conntrack_count": "3\n",
      "proc/sys/net/netfilter/nf_conntrack_tcp_loose": "1\n",
      "proc/thread-self/net/route": """
      Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
      eth0\t00000000\tFE32A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
      cni0\t0001F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
      eth0\t0002F40A\t0232A8C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0

      """,
    ]
    files["etc/cni/net.d/10-network.conflist"] = configuration
  }

  /// Sets a setting by its name for sysctl(8), or takes it away.
  mutating func set(_ name: String, _ value: String?) {
    files["proc/sys/\(String(name.map { $0 == "." ? "/" : $0 }))"] = value.map { "\($0)\n" }
  }

  mutating func add(
    _ name: String, kind: String? = nil, master: String? = nil, isolated: Bool? = nil
  ) {
    links.append(Link(name: name, kind: kind, master: master, isIsolated: isolated))
  }

  /// A bridge with one pod.
  mutating func addBridge(isolated: Bool = false) {
    add("cni0", kind: "bridge")
    add("veth1", master: "cni0", isolated: isolated)
  }

  /// What is found, by a check's name.
  func examine(_ name: String) throws -> Examination.Result {
    let examination = try examination()
    guard let result = examination.results.first(where: { $0.check.name == name }) else {
      throw NoSuchCheck(name: name)
    }
    return result
  }

  /// The codes of what is found.
  func codes(_ name: String) throws -> [String] { try examine(name).findings.map(\.code) }

  func examination() throws -> Examination { Examination(try node()) }

  func node() throws -> Node {
    var files = files
    for link in links {
      let directory = "sys/class/net/\(link.name)"
      files["\(directory)/ifindex"] = "1\n"
      files["\(directory)/uevent"] =
        (link.kind.map { "DEVTYPE=\($0)\n" } ?? "") + "INTERFACE=\(link.name)\n"
      if let isIsolated = link.isIsolated {
        files["\(directory)/brport/isolated"] = isIsolated ? "1\n" : "0\n"
      }
    }
    let scratch = try Scratch(files)
    for link in links {
      guard let master = link.master else { continue }
      try scratch.run(["ln", "-s", "../\(master)", "sys/class/net/\(link.name)/master"])
    }
    var live = live
    if live.linkNames.isEmpty { live.linkNames = Set(links.map(\.name)) }
    return withExtendedLifetime(scratch) {
      Node(
        RootedFiles(root: scratch.path), isRooted: true, live, profile: profile,
        clusterNetworks: clusterNetworks)
    }
  }
}

struct NoSuchCheck: Error {
  let name: String
}

/// Configurations of networks.
enum Conflist {
  static let bridge = bridge("")

  /// - Parameter settings: further members of the bridge plugin, each with a comma at its end.
  static func bridge(_ settings: String) -> String {
    """
    {"cniVersion": "1.0.0", "name": "pods", "plugins": [
      {"type": "bridge", "bridge": "cni0", "isGateway": true, \(settings)
       "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.1.0/24"}]]}},
      {"type": "portmap", "capabilities": {"portMappings": true}}]}
    """
  }

  static func plugin(_ type: String, version: String = "1.0.0") -> String {
    """
    {"cniVersion": "\(version)", "name": "pods", "plugins": [{"type": "\(type)"}]}
    """
  }
}

/// A prefix as text.
func prefix(_ text: String) -> IPPrefix {
  guard let written = WrittenPrefix(text) else { preconditionFailure("\(text) is no prefix") }
  return written.prefix
}

/// What `iptables-save` would have printed.
func iptables(
  _ text: String, _ family: IPFamily = .ipv4, _ owner: ForeignTable.Owner = .iptablesNft
) -> Firewall {
  Firewall(tables: IptablesSaveReader(family: family, owner: owner).tables(text))
}
