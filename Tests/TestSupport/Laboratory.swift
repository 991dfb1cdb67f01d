import CLinux
import Glibc
import Host
import NetSets

/// A node with pods and outside hosts around it, each a network namespace, in which real packets
/// are sent through the rulesets under test.
///
/// Rulesets are loaded on the node, which forwards all packets between hosts. Nothing has a name
/// outside, and nothing stays when the value goes. One process and one poll loop drive all hosts,
/// because a socket stays in the namespace where it was opened. All methods block.
package final class Laboratory {
  /// The name of the node as a host.
  package static let nodeName = "node"

  private let node: LabMember
  private let members: [String: LabMember]
  private let owners: [IPAddress: LabMember]
  private let interfaces: [String: String]
  private let descriptorLimit: Int

  /// Builds the laboratory and sends a packet over every link, so that a failing attempt later is
  /// the ruleset's doing.
  /// - Parameter nodeAddresses: the node's own; without one of a family the node cannot send in it.
  package init(hosts: [LabHost], nodeAddresses: [IPAddress]) throws {
    if let unavailable = Laboratory.unavailable { throw LaboratoryFailure(unavailable) }
    let wiring = LabWiring(hosts: hosts, nodeAddresses: nodeAddresses)
    if wiring.hasBridge, let unavailable = Laboratory.bridgingUnavailable {
      throw LaboratoryFailure(unavailable)
    }
    node = LabMember(
      name: Laboratory.nodeName, addresses: nodeAddresses, namespace: try NetworkNamespace())
    let pods = try hosts.map {
      LabMember(name: $0.name, addresses: $0.addresses, namespace: try NetworkNamespace())
    }
    var members: [String: LabMember] = [:]
    var owners: [IPAddress: LabMember] = [:]
    for member in [node] + pods {
      guard members.updateValue(member, forKey: member.name) == nil else {
        throw LaboratoryFailure("two hosts are named \(member.name)")
      }
      for address in member.addresses {
        if let other = owners.updateValue(member, forKey: address) {
          throw LaboratoryFailure("\(other.name) and \(member.name) both have \(address)")
        }
      }
    }
    self.members = members
    self.owners = owners
    interfaces = Dictionary(
      uniqueKeysWithValues: hosts.enumerated().map {
        ($0.element.name, LabWiring.nodeInterface($0.offset))
      })
    descriptorLimit = Int(min(netpolc_raise_descriptor_limit(), 1 << 20))

    try node.set(Laboratory.hostSettings + Laboratory.routerSettings)
    if wiring.hasBridge { try node.set(Laboratory.bridgeSettings) }
    for pod in pods { try pod.set(Laboratory.hostSettings) }
    try node.configure(wiring.nodeScript(paths: pods.map(\.namespace.path)))
    for (number, pod) in pods.enumerated() { try pod.configure(wiring.hostScript(number)) }
    try proveLinks(pods)
  }

  /// Those of all hosts and of the node.
  package var namespaces: [NetworkNamespace] { members.values.map(\.namespace) }

  /// Loads a ruleset on the node, as `nft -f -`; what is there already stays.
  package func load(ruleset: String) throws { try nft(["-f", "-"], input: ruleset) }

  /// Removes every rule from the node.
  package func flushRuleset() throws { try nft(["flush", "ruleset"]) }

  /// What `nft -s list` says on the node: without counters and timeouts' remains.
  package func list(_ what: [String] = ["ruleset"]) throws -> String {
    try nft(["-s", "list"] + what)
  }

  /// Runs `nft` on the node and returns its output.
  @discardableResult
  package func nft(_ arguments: [String], input: String = "") throws -> String {
    let result = try runInNode(["nft"] + arguments, input: input)
    guard result.succeeded else {
      throw LaboratoryFailure("nft \(arguments.joined(separator: " ")): \(result.errors.trimmed)")
    }
    return result.output
  }

  /// Runs any command on the node.
  package func runInNode(_ command: [String], input: String = "") throws -> ProcessResult {
    try node.run(command, input: input)
  }

  /// Runs any command on a host.
  package func run(
    _ command: [String], on host: String, input: String = ""
  ) throws -> ProcessResult {
    try member(host).run(command, input: input)
  }

  /// Gives a host an address, perhaps another's, for it to send by.
  package func giveAddress(_ address: IPAddress, to host: String) throws {
    try member(host).take(address)
  }

  /// Starts a program on the node; see `BackgroundProcess`.
  package func startInNode(_ command: [String], output: String) throws -> BackgroundProcess {
    try node.namespace.enter { try BackgroundProcess(command, output: output) }
  }

  /// The node's network namespace.
  package var nodeNamespace: NetworkNamespace { node.namespace }

  /// The host of that name.
  func member(_ name: String) throws -> LabMember {
    guard let member = members[name] else { throw LaboratoryFailure("no host is named \(name)") }
    return member
  }

  /// The host that has the address.
  func owner(of address: IPAddress) throws -> LabMember {
    guard let owner = owners[address] else { throw LaboratoryFailure("nobody has \(address)") }
    return owner
  }

  /// The node's end of a host's link.
  package func nodeInterface(of host: String) -> String? { interfaces[host] }

  /// Makes all attempts at once, and says of each whether it got through.
  package func run(_ attempts: [LabAttempt]) throws -> [Bool] {
    var run = LabRun(
      attempts: attempts, members: members, owners: owners, descriptorLimit: descriptorLimit)
    return try run.finish()
  }

  /// An echo from each host to the next, in each family: over every link, both ways.
  private func proveLinks(_ pods: [LabMember]) throws {
    let echoes = IPFamily.allCases.flatMap { family in
      let ends = pods.compactMap { pod in
        pod.addresses.first { $0.family == family }.map { (pod.name, $0) }
      }
      return zip(ends, ends.dropFirst() + ends.prefix(1)).map { one, next in
        LabAttempt(echoFrom: one.0, fromAddress: one.1, to: next.1)
      }
    }
    let results = try run(echoes)
    if let failed = zip(echoes, results).first(where: { !$0.1 })?.0 {
      throw LaboratoryFailure("the laboratory has a broken link: \(failed) without any rule")
    }
  }
}

/// What is set under `/proc/sys/net`, before there are links.
extension Laboratory {
  static let hostSettings = [
    ("ipv4/conf/all/rp_filter", "0"), ("ipv4/conf/default/rp_filter", "0"),
    ("ipv6/conf/all/disable_ipv6", "0"), ("ipv6/conf/default/disable_ipv6", "0"),
    ("ipv6/conf/all/accept_dad", "0"), ("ipv6/conf/default/accept_dad", "0"),
    ("ipv6/conf/default/accept_ra", "0"),
    ("ipv4/icmp_ratelimit", "0"), ("ipv6/icmp/ratelimit", "0"),
  ].map { (path: $0.0, value: $0.1) }

  static let routerSettings = [
    ("ipv4/ip_forward", "1"), ("ipv6/conf/all/forwarding", "1"),
    ("ipv6/conf/default/forwarding", "1"),
  ].map { (path: $0.0, value: $0.1) }

  static let bridgeSettings = [
    ("bridge/bridge-nf-call-iptables", "1"), ("bridge/bridge-nf-call-ip6tables", "1"),
  ].map { (path: $0.0, value: $0.1) }
}
