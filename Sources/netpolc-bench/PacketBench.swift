import Apply
import BenchSupport
import CLinux
import Glibc
import Host
import NetSets
import Netfilter
import Nftables

/// A pod, a node that forwards, and another pod, in network namespaces joined by veth; the node has
/// some ruleset. A packet is forwarded in the sender's own time, since veth hands it on at once, so
/// that the sender's time per packet holds all that the firewall costs.
struct PacketPath {
  let name: String
  private let pod: NetworkNamespace
  private let node: NetworkNamespace
  private let sender: FileDescriptor
  private let receiver: FileDescriptor
  private let target: [UInt8]

  /// - Parameter load: puts the ruleset into the node.
  init(_ name: String, load: (NetworkNamespace) throws -> Void) throws {
    self.name = name
    pod = try NetworkNamespace()
    node = try NetworkNamespace()
    let other = try NetworkNamespace()
    let ends = [NodeRuleset.pod(0, .ipv4), NodeRuleset.pod(1, .ipv4)]
    target = ends[1].bytes
    var script: [String] = []
    for (number, (end, namespace)) in zip(ends, [pod, other]).enumerated() {
      script += [
        """
        link add name veth\(number) address 02:aa:00:00:00:0\(number) type veth \
        peer name eth0 address 02:cc:00:00:00:0\(number) netns \(namespace.path)
        """,
        "link set dev veth\(number) up",
        "route add \(end)/32 dev veth\(number)",
        "neigh add \(end) lladdr 02:cc:00:00:00:0\(number) dev veth\(number) nud permanent",
      ]
    }
    try PacketPath.run(["ip", "-batch", "-"], in: node, input: script)
    try PacketPath.run(
      ["sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"], in: node, input: [])
    for (number, (end, namespace)) in zip(ends, [pod, other]).enumerated() {
      try PacketPath.run(
        ["ip", "-batch", "-"], in: namespace,
        input: [
          "link set dev eth0 up", "address add \(end)/32 dev eth0",
          "route add 169.254.1.1 dev eth0 scope link",
          "neigh add 169.254.1.1 lladdr 02:aa:00:00:00:0\(number) dev eth0 nud permanent",
          "route add default via 169.254.1.1 dev eth0 src \(end)",
        ])
    }
    try load(node)
    // Raw, for then the source port is ours to choose for every packet.
    sender = try pod.enter {
      try FileDescriptor(socket(AF_INET, Int32(SOCK_RAW.rawValue), 17), of: "raw socket")
    }
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue)
    receiver = try other.enter { try FileDescriptor(socket(AF_INET, type, 0), of: "socket") }
    // Nobody reads: what does not fit is dropped at the socket, at the same small cost always.
    var size: Int32 = 1
    setsockopt(receiver.number, SOL_SOCKET, SO_RCVBUF, &size, 4)
    guard netpolc_bind(receiver.number, target, 4, NodeRuleset.openPort) == 0 else {
      throw SystemFailure("bind")
    }
    try establish()
  }

  private static let establishedPort: UInt16 = 1000

  /// One packet there and one back.
  private func establish() throws {
    send(from: PacketPath.establishedPort)
    var byte: UInt8 = 0
    guard recv(receiver.number, &byte, 1, 0) >= 0 else {
      throw BenchFailure(description: "\(name): no packet came through")
    }
    let source = NodeRuleset.pod(0, .ipv4).bytes
    guard
      netpolc_send_to(receiver.number, source, 4, PacketPath.establishedPort, &byte, 1) == 1
    else { throw SystemFailure("answer") }
  }

  private func send(from port: UInt16) {
    // The header of UDP, without a checksum, and four bytes.
    var packet = (
      port.bigEndian, NodeRuleset.openPort.bigEndian, UInt16(12).bigEndian, UInt16(0), UInt32(0)
    )
    _ = netpolc_send_to(sender.number, target, 4, 0, &packet, 12)
  }

  /// Nanoseconds a packet, of a loop that only sends.
  ///
  /// - Parameter isNew: whether every packet opens a connection.
  func slice(isNew: Bool) throws -> Double {
    if isNew {
      let conntrack = try Conntrack(in: node)
      for entry in try conntrack.entries() { _ = try conntrack.delete(entry) }
      try establish()
    }
    var port: UInt16 = 2000
    func burst(_ count: Int) {
      for _ in 0..<count {
        send(from: isNew ? port : PacketPath.establishedPort)
        if isNew { port &+= 1 }
      }
    }
    burst(500)
    let start = ContinuousClock.now
    var count = 0
    var elapsed = 0.0
    while elapsed < 30, count < 60_000 {
      burst(50)
      count += 50
      elapsed = (ContinuousClock.now - start).milliseconds
    }
    return elapsed * 1e6 / Double(count)
  }

  private static func run(
    _ command: [String], in namespace: NetworkNamespace, input: [String]
  ) throws {
    let result = try namespace.enter {
      try runProcess(command, input: input.map { $0 + "\n" }.joined())
    }
    guard result.succeeded else {
      throw BenchFailure(description: "\(command.joined(separator: " ")): \(result.errors)")
    }
  }
}

extension KernelCase {
  /// What a packet costs more than through an empty forward chain with connection tracking.
  static func packets() throws -> [Row] {
    let empty = """
      table ip base {
        chain forward { type filter hook forward priority 0; }
        chain output { type filter hook output priority 0; ct state new; }
      }
      """
    var paths = [
      try PacketPath("empty forward chain") { node in
        let result = try node.enter { try runProcess(["nft", "-f", "-"], input: empty) }
        guard result.succeeded else { throw BenchFailure(description: result.errors) }
      }
    ]
    for pods in [10, 100, 1000] {
      let ruleset = NodeRuleset(
        pods: pods, policies: min(pods, 200), peers: 4000, families: [.ipv4]
      ).ruleset
      paths.append(
        try PacketPath("\(pods) local pods") { node in
          _ = try Applier(NetlinkKernel(in: node), table: table).apply(ruleset)
        })
    }
    var rows: [Row] = []
    for isNew in [false, true] {
      var times = paths.map { _ in [Double]() }
      for round in 0..<45 {
        // Each is first as often as the others.
        for index in paths.indices.map({ ($0 + round) % paths.count }) {
          times[index].append(try paths[index].slice(isNew: isNew))
        }
      }
      for (path, ours) in zip(paths, times) {
        // Of slices that were run one after the other, whatever else the machine did then.
        let ratio = zip(ours, times[0]).map { $0 / $1 }.median
        let least = ours.quantile(0)
        rows.append(
          Row(
            isNew ? "packet, new" : "packet, established", path.name,
            "\(Int(ours.median)) ns",
            """
            \(ratio.percent) of empty; \
            min \(Int(least)) ns, \((least / times[0].quantile(0)).percent)
            """))
      }
    }
    return rows
  }
}
