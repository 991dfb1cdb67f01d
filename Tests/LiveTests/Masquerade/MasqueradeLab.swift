import Apply
import Compiler
import Diagnostics
import Host
import Manifests
import NetSets
import TestSupport
import Testing

/// Two nodes, of which the first is translated on, with the built `netpolc` and with whatever else
/// the test puts there.
final class MasqueradeLab {
  let nodes: TwoNodes
  let attachment: TwoNodes.Attachment
  private let scratch: Scratch
  private var starts = 0

  static let service = ["10.96.0.10", "fd00:96::a"]

  init(_ attachment: TwoNodes.Attachment = .routed, _ overlay: TwoNodes.Overlay = .routes) throws {
    self.attachment = attachment
    nodes = try TwoNodes(attachment, overlay)
    scratch = try Scratch()
    try scratch.write("cluster.yaml", MasqueradeLab.cluster)
    // A service, as kube-proxy has it: in front of a pod of the other node, and of one here.
    try nodes.run(
      ["nft", "-f", "-"], on: .node1,
      input: IPFamily.allCases.map { family in
        let name = family == .ipv4 ? "ip" : "ip6"
        let index = family == .ipv4 ? 0 : 1
        let rules = [(80, TwoNodes.Host.podC), (81, .podB)].map { port, pod in
          let to = LabReceiver(nodes.address(pod, family), 8080)
          return "\(name) daddr \(Self.service[index]) tcp dport \(port) dnat to \(to)"
        }
        return """
          table \(name) services {
            chain prerouting { type nat hook prerouting priority -100; \(rules.joined(separator: "; ")); }
            chain output { type nat hook output priority -100; \(rules.joined(separator: "; ")); }
          }
          """
      }.joined(separator: "\n") + "\n")
  }

  /// One that no other program of the test has.
  func nextNumber() -> Int {
    starts += 1
    return starts
  }

  /// Of the test's own.
  var directory: String { scratch.path }

  func write(_ name: String, _ text: String) throws -> String {
    try scratch.write(name, text)
    return "\(scratch.path)/\(name)"
  }

  /// Runs `netpolc apply` on the first node.
  func apply(_ arguments: [String]) throws {
    try netpolc(
      ["apply", "-f", cluster, "--node", "n1"] + arguments + ["--state-dir", state])
  }

  /// Runs it in the background.
  func startApply(_ arguments: [String]) throws -> BackgroundProcess {
    try nodes.namespace(of: .node1).enter {
      try BackgroundProcess(
        [Program.path, "apply", "-f", cluster, "--node", "n1"] + arguments
          + ["--state-dir", state], output: "\(scratch.path)/output")
    }
  }

  var cluster: String { "\(scratch.path)/cluster.yaml" }
  var state: String { "\(scratch.path)/state" }

  /// Runs a command of netpolc on the first node.
  /// - Returns: what it says on both outputs.
  @discardableResult
  func netpolc(_ arguments: [String], expecting status: Int32 = 0) throws -> String {
    let result = try nodes.namespace(of: .node1).enter {
      try runProcess([Program.path] + arguments)
    }
    guard result.status == status else {
      throw LaboratoryFailure(
        "\(arguments.joined(separator: " ")): \(result.status) \(result.errors)\(result.output)")
    }
    return result.output + result.errors
  }

  /// Runs the script of `netpolc compile --backend iptables` on the first node.
  func run(_ variant: IptablesVariant, _ arguments: [String], script: [String] = []) throws {
    let compiled = try runProcess(
      [
        Program.path, "compile", "-f", "\(scratch.path)/cluster.yaml", "--node", "n1", "--backend",
        "iptables",
      ] + arguments)
    guard compiled.succeeded else { throw LaboratoryFailure(compiled.errors) }
    try nodes.run(
      [
        "env", "LOCK=", "IPTABLES=iptables-\(variant)", "IP6TABLES=ip6tables-\(variant)", "sh",
        "-s",
      ]
        + script, on: .node1, input: compiled.output)
  }

  /// What `netpolc explain --nat` says of a flow.
  func explained(_ flow: MasqueradeFlow, _ family: IPFamily, _ arguments: [String]) throws
    -> JSONText
  {
    let result = try runProcess(
      [
        Program.path, "explain", "-f", "\(scratch.path)/cluster.yaml", "--node", "n1",
        try source(of: flow, family), nodes.address(flow.server, family).description, "8080",
        "--nat", "-o", "json",
      ] + arguments)
    guard result.status == 0 else { throw LaboratoryFailure(result.errors) }
    return JSONText(result.output)
  }

  private func source(of flow: MasqueradeFlow, _ family: IPFamily) throws -> String {
    (flow.source(family) ?? nodes.address(flow.client, family)).description
  }

  func seen(_ flow: MasqueradeFlow, _ family: IPFamily) throws -> IPAddress? {
    let index = family == .ipv4 ? 0 : 1
    let target = flow.servicePort.flatMap { port in
      IPAddress(Self.service[index]).map { LabReceiver($0, port) }
    }
    return try nodes.source(
      from: flow.client, flow.source(family), to: flow.server, family: family, target: target)?
      .address
  }

  /// The members of an object that a test asks for.
  struct JSONText {
    private let text: String

    init(_ text: String) { self.text = text }

    /// Of the member `nat`.
    func nat(_ name: String) -> String? {
      guard let start = text.firstRange(of: "\"nat\"")?.upperBound else { return nil }
      let rest = text[start...]
      guard let key = rest.firstRange(of: "\"\(name)\": \"")?.upperBound else { return nil }
      return String(rest[key...].prefix { $0 != "\"" })
    }
  }

  static let cluster = """
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDRs: [10.244.1.0/24, 'fd00:244:1::/64']}, status: {addresses: [{type: InternalIP, address: 192.168.50.1}, {type: InternalIP, address: 'fd50::1'}]}}
    - {apiVersion: v1, kind: Node, metadata: {name: n2}, spec: {podCIDRs: [10.244.2.0/24, 'fd00:244:2::/64']}, status: {addresses: [{type: InternalIP, address: 192.168.50.2}, {type: InternalIP, address: 'fd50::2'}]}}
    - {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: d}, spec: {nodeName: n1}, status: {phase: Running, podIPs: [{ip: 10.244.1.2}, {ip: 'fd00:244:1::2'}]}}
    - {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: d}, spec: {nodeName: n1}, status: {phase: Running, podIPs: [{ip: 10.244.1.3}, {ip: 'fd00:244:1::3'}]}}
    - {apiVersion: v1, kind: Pod, metadata: {name: c, namespace: d}, spec: {nodeName: n2}, status: {phase: Running, podIPs: [{ip: 10.244.2.2}, {ip: 'fd00:244:2::2'}]}}

    """
}

/// A connection that starts on the first node, or comes to it.
enum MasqueradeFlow: String, CaseIterable {
  case podToPodHere, podToPodElsewhere, podToOwnNode, podToOtherNode, podToInternet
  case nodeToPod, internetToPod
  case podToServiceElsewhere, podToServiceHere, nodeToServiceElsewhere

  var client: TwoNodes.Host {
    switch self {
    case .podToPodHere, .podToPodElsewhere, .podToOwnNode, .podToOtherNode, .podToInternet,
      .podToServiceElsewhere, .podToServiceHere:
      .podA
    case .nodeToPod, .nodeToServiceElsewhere: .node1
    case .internetToPod: .internet
    }
  }

  var server: TwoNodes.Host {
    switch self {
    case .podToPodHere, .podToServiceHere: .podB
    case .podToPodElsewhere, .podToServiceElsewhere, .nodeToServiceElsewhere: .podC
    case .podToOwnNode: .node1
    case .podToOtherNode: .node2
    case .podToInternet: .internet
    case .nodeToPod, .internetToPod: .podA
    }
  }

  /// nil for a server that is called by its own address.
  var servicePort: UInt16? {
    switch self {
    case .podToServiceElsewhere, .nodeToServiceElsewhere: 80
    case .podToServiceHere: 81
    case .podToPodHere, .podToPodElsewhere, .podToOwnNode, .podToOtherNode, .podToInternet,
      .nodeToPod, .internetToPod:
      nil
    }
  }

  /// The internet calls by the address that is not of the nodes' link, and the node by the one that
  /// it has when a service's address is still that of the service.
  func source(_ family: IPFamily) -> IPAddress? {
    let index = family == .ipv4 ? 0 : 1
    return switch self {
    case .internetToPod: TwoNodes.addresses(of: .internet)[index]
    case .nodeToServiceElsewhere: TwoNodes.addresses(of: .node1)[index]
    case .podToPodHere, .podToPodElsewhere, .podToOwnNode, .podToOtherNode, .podToInternet,
      .nodeToPod, .podToServiceElsewhere, .podToServiceHere:
      nil
    }
  }
}

/// By which source a connection arrives.
enum MasqueradeExpectation: Equatable {
  /// The client's own.
  case own
  /// Of the first node's interface.
  case node
  /// Of the first node's bridge or tunnel, or another.
  case address(String)
}
