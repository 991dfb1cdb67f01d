import Host
import NetSets
import TestSupport
import Testing

/// Two pods behind a bridge, whose links the runtime's cache tells of.
struct BridgedSpoofLab {
  let lab: MasqueradeLab
  private let results: String

  var nodes: TwoNodes { lab.nodes }

  /// Another's of this node, of the pods' range, and of somewhere else.
  static let others = [
    "10.244.1.3", "10.244.1.77", "198.51.100.7", "fd00:244:1::3", "fd00:244:1::77",
    "2001:db8:66::7",
  ].compactMap { IPAddress($0) }

  init() throws {
    lab = try MasqueradeLab(.bridged)
    results = "\(lab.directory)/results"
    for pod in [TwoNodes.Host.podA, .podB] {
      try lab.cacheResult(of: pod, hardware(of: pod), in: "results")
    }
  }

  func hardware(of host: TwoNodes.Host) throws -> HardwareAddress {
    let words = try nodes.run(["ip", "-o", "link", "show", "dev", "eth0"], on: host)
      .split(separator: " ")
    let index = try #require(words.firstIndex(of: "link/ether"))
    return try #require(HardwareAddress(String(words[index + 1])))
  }

  func apply() throws { try lab.apply(["--anti-spoof", "--cni-results", results]) }

  @discardableResult
  func netpolc(_ arguments: String...) throws -> ProcessResult {
    try nodes.namespace(of: .node1).enter {
      try runProcess([Program.path] + arguments + ["--state-dir", "\(lab.directory)/state"])
    }
  }

  /// Has a pod take addresses, all of which it can then send by.
  func takeAddresses(_ addresses: [IPAddress] = others, on pod: TwoNodes.Host = .podA) throws {
    for address in addresses {
      let nodad = address.family == .ipv6 ? ["nodad"] : []
      try nodes.run(
        ["ip", "address", "add", "\(address)/\(address.family.width)", "dev", "lo"] + nodad,
        on: pod)
    }
  }

  /// How many frames were dropped.
  func dropped() throws -> Int? {
    let text = try nodes.run(
      ["nft", "list", "counter", "bridge", "netpolc", "deny-spoofed"], on: .node1)
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" }
    return words.firstIndex(of: "packets").flatMap { Int(words[$0 + 1]) }
  }

  /// The hardware address that a host has of another's address.
  func neighbour(_ address: IPAddress, of host: TwoNodes.Host) throws -> String? {
    let words = try nodes.run(["ip", "neigh", "show", "\(address)", "dev", "eth0"], on: host)
      .split(separator: " ")
    return words.firstIndex(of: "lladdr").map { String(words[$0 + 1]) }
  }
}

extension MasqueradeLab {
  /// Writes what the runtime remembers of a pod of the first node, as libcni does.
  func cacheResult(
    of pod: TwoNodes.Host, _ hardware: HardwareAddress, in directory: String
  ) throws {
    let own = TwoNodes.addresses(of: pod)
    try cache(
      of: pod,
      result: """
        {"cniVersion": "1.0.0", "interfaces": [
         {"name": "cni0", "mac": "02:00:00:00:00:01"}, {"name": "veth-\(pod)"},
         {"name": "eth0", "mac": "\(hardware)", "sandbox": "/var/run/netns/x"}],
         "ips": [{"interface": 2, "address": "\(own[0])/24", "gateway": "10.244.1.1"},
         {"interface": 2, "address": "\(own[1])/64"}], "dns": {}}
        """, in: directory)
  }

  func cache(of pod: TwoNodes.Host, result: String, in directory: String) throws {
    let name = pod == .podA ? "a" : "b"
    _ = try write(
      "\(directory)/pods-\(pod)-eth0",
      """
      {"kind": "cniCacheV1", "containerId": "\(pod)", "config": "e30=", "ifName": "eth0",
       "networkName": "pods", "cniArgs": [["IgnoreUnknown", "1"], ["K8S_POD_NAMESPACE", "d"],
       ["K8S_POD_NAME", "\(name)"]], "result": \(result)}
      """)
  }
}
