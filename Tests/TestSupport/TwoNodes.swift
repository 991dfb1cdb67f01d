import Glibc
import Host
import NetSets

/// Two nodes with pods and a host outside, each a network namespace: what a server sees as the
/// source of a connection depends on the nodes' translation, and nothing else.
///
/// Everybody has routes to everybody, so that a connection is established whether or not its source
/// was translated. Nothing has a name outside, and nothing stays when the value goes.
package final class TwoNodes {
  package enum Host: String, CaseIterable, Sendable {
    case node1, node2
    /// Pods of the first node, and one of the second.
    case podA, podB, podC
    case internet
  }

  /// How pods of one node are connected.
  package enum Attachment: Sendable {
    case routed
    /// By a bridge `cni0`, which packets between pods pass without being forwarded, unless
    /// `br_netfilter` says otherwise.
    case bridged
    /// Those of the first node not at all: the test does it, by a plugin.
    case byTest
  }

  /// How packets for pods go from node to node.
  package enum Overlay: Sendable {
    case routes
    /// IPv4 through `flannel.1`, which has the first address of the node's subnet.
    case vxlan
  }

  private let members: [Host: LabMember]
  private let attachment: Attachment

  package static let hostInterface = "eth0"

  package init(_ attachment: Attachment = .routed, _ overlay: Overlay = .routes) throws {
    if let unavailable = Laboratory.unavailable { throw LaboratoryFailure(unavailable) }
    self.attachment = attachment
    members = Dictionary(
      uniqueKeysWithValues: try Host.allCases.map { host in
        (
          host,
          LabMember(
            name: host.rawValue, addresses: TwoNodes.addresses(of: host),
            namespace: try NetworkNamespace())
        )
      })
    for host in Host.allCases {
      let routes = [.node1, .node2, .internet].contains(host)
      try member(host).set(Laboratory.hostSettings + (routes ? Laboratory.routerSettings : []))
    }
    try wireNodes()
    for pod in [Host.podA, .podB, .podC] where attachment != .byTest || pod == .podC {
      try attach(pod)
    }
    if overlay == .vxlan { for node in [Host.node1, .node2] { try addTunnel(node) } }
  }

  /// Of IPv4, then of IPv6.
  package static func addresses(of host: Host) -> [IPAddress] {
    let texts =
      switch host {
      case .node1: ["192.168.50.1", "fd50::1"]
      case .node2: ["192.168.50.2", "fd50::2"]
      case .podA: ["10.244.1.2", "fd00:244:1::2"]
      case .podB: ["10.244.1.3", "fd00:244:1::3"]
      case .podC: ["10.244.2.2", "fd00:244:2::2"]
      case .internet: ["203.0.113.9", "2001:db8::9"]
      }
    return texts.compactMap { IPAddress($0) }
  }

  package func address(_ host: Host, _ family: IPFamily) -> IPAddress {
    TwoNodes.addresses(of: host)[family == .ipv4 ? 0 : 1]
  }

  package func namespace(of host: Host) -> NetworkNamespace { member(host).namespace }

  /// Runs a command on a host, which must succeed.
  @discardableResult
  package func run(
    _ command: [String], on host: Host, input: String = ""
  ) throws -> String {
    let result = try member(host).run(command, input: input)
    guard result.succeeded else {
      throw LaboratoryFailure(
        "\(command.joined(separator: " ")) on \(host): \(result.errors.trimmed)\(result.output)")
    }
    return result.output
  }

  /// Sets what is under `/proc/sys/net`.
  package func set(_ path: String, _ value: String, on host: Host) throws {
    try member(host).set([(path, value)])
  }

  private func member(_ host: Host) -> LabMember {
    guard let member = members[host] else { preconditionFailure("every host is a member") }
    return member
  }

  // MARK: - Connections

  /// Opens a TCP connection, and says which source the server sees; nil when it is not established.
  /// - Parameters:
  ///   - source: nil for what the routes of the client choose.
  ///   - target: nil for the server's own address.
  package func source(
    from client: Host, _ source: IPAddress? = nil, to server: Host, family: IPFamily,
    target: LabReceiver? = nil, port: UInt16 = 8080
  ) throws -> LabReceiver? {
    let listener = try member(server).namespace.enter {
      let listener = try LabSocket.stream(family)
      listener.allowReuse()
      try listener.bind(address(server, family), port)
      try listener.listen()
      return listener
    }
    let target = target ?? LabReceiver(address(server, family), port)
    let calling = try member(client).namespace.enter {
      let calling = try LabSocket.stream(family)
      if let source { try calling.bindFreshPort(source, of: member(client)) }
      _ = try calling.connect(target.address, target.port)
      return calling
    }
    guard listener.waits(for: POLLIN, milliseconds: 1500), let answering = try listener.accept(),
      calling.waits(for: POLLOUT, milliseconds: 1500)
    else { return nil }
    return try answering.peer()
  }
}

extension TwoNodes {
  /// Sends a datagram, and says whether it arrives.
  /// - Parameter source: which the client must have.
  package func datagramArrives(from client: Host, _ source: IPAddress, to server: Host) throws
    -> Bool
  {
    let port: UInt16 = 5353
    let receiving = try member(server).namespace.enter {
      let receiving = try LabSocket.datagram(source.family)
      try receiving.bind(address(server, source.family), port)
      return receiving
    }
    try member(client).namespace.enter {
      let sending = try LabSocket.datagram(source.family)
      try sending.bindFreshPort(source, of: member(client))
      try sending.send([1], to: address(server, source.family), port)
    }
    return receiving.waits(for: POLLIN, milliseconds: 400)
  }

  private func wireNodes() throws {
    let internet = member(.internet)
    var lines = [
      "link set dev lo up", "link add name br0 type bridge stp_state 0 forward_delay 0",
      "link set dev br0 up", "address add 192.168.50.254/24 dev br0",
      "address add fd50::fe/64 dev br0 nodad",
    ]
    lines += TwoNodes.addresses(of: .internet).map { address in
      "address add \(address)/\(address.family.width) dev lo"
        + (address.family == .ipv6 ? " nodad" : "")
    }
    for (number, node) in [(1, Host.node1), (2, .node2)] {
      lines += [
        "link add name up\(number) type veth peer name \(TwoNodes.hostInterface) netns "
          + member(node).namespace.path,
        "link set dev up\(number) master br0", "link set dev up\(number) up",
        "route add 10.244.\(number).0/24 via 192.168.50.\(number)",
        "route add fd00:244:\(number)::/64 via fd50::\(number)",
      ]
    }
    try internet.configure(lines)
    for (number, node) in [(1, Host.node1), (2, .node2)] {
      let other = 3 - number
      let device = TwoNodes.hostInterface
      try member(node).configure([
        "link set dev lo up", "link set dev \(device) up",
        "address add 192.168.50.\(number)/24 dev \(device)",
        "address add fd50::\(number)/64 dev \(device) nodad",
        "route add default via 192.168.50.254", "route add default via fd50::fe",
        "route add 10.244.\(other).0/24 via 192.168.50.\(other)",
        "route add fd00:244:\(other)::/64 via fd50::\(other)",
      ])
    }
  }

  private func attach(_ pod: Host) throws {
    let number = pod == .podC ? 2 : 1
    let node = member(pod == .podC ? .node2 : .node1)
    let link = "veth-\(pod.rawValue)"
    let device = TwoNodes.hostInterface
    let own = TwoNodes.addresses(of: pod)
    var lines = [
      "link add name \(link) type veth peer name \(device) netns \(member(pod).namespace.path)",
      "link set dev \(link) up",
    ]
    switch attachment {
    case .routed, .byTest:
      lines += zip(own, TwoNodes.addresses(of: number == 1 ? .node1 : .node2)).map {
        "route add \($0)/\($0.family.width) dev \(link) src \($1)"
      }
      lines += [
        "address add 169.254.1.1/32 dev \(link)", "address add fe80::1/64 dev \(link) nodad",
      ]
    case .bridged:
      if pod != .podB {
        lines += [
          "link add name cni0 type bridge stp_state 0 forward_delay 0", "link set dev cni0 up",
          "address add 10.244.\(number).1/24 dev cni0",
          "address add fd00:244:\(number)::1/64 dev cni0 nodad",
        ]
      }
      lines.append("link set dev \(link) master cni0")
    }
    try node.configure(lines)
    let isRouted = attachment != .bridged
    let lengths = isRouted ? (32, 128) : (24, 64)
    try member(pod).configure(
      [
        "link set dev lo up", "link set dev \(device) up",
        "address add \(own[0])/\(lengths.0) dev \(device)",
        "address add \(own[1])/\(lengths.1) dev \(device) nodad",
      ]
        + (isRouted
          ? [
            "route add 169.254.1.1 dev \(device) scope link",
            "route add default via 169.254.1.1", "route add default via fe80::1 dev \(device)",
          ]
          : [
            "route add default via 10.244.\(number).1",
            "route add default via fd00:244:\(number)::1",
          ]))
  }

  private func addTunnel(_ node: Host) throws {
    let number = node == .node1 ? 1 : 2
    let other = 3 - number
    func hardware(_ number: Int) -> String { "02:fa:00:00:00:0\(number)" }
    try member(node).configure([
      "link add name flannel.1 address \(hardware(number)) type vxlan id 1 "
        + "local 192.168.50.\(number) dev \(TwoNodes.hostInterface) dstport 8472 nolearning",
      "link set dev flannel.1 up", "address add 10.244.\(number).0/32 dev flannel.1",
      "neigh add 10.244.\(other).0 lladdr \(hardware(other)) dev flannel.1 nud permanent",
      "route replace 10.244.\(other).0/24 via 10.244.\(other).0 dev flannel.1 onlink",
    ])
    try run(
      [
        "bridge", "fdb", "append", hardware(other), "dev", "flannel.1", "dst",
        "192.168.50.\(other)", "self", "permanent",
      ], on: node)
  }
}
