import ArgumentParser
import Backends
import CNI
import Diagnostics
import Host
import Manifests
import NetSets
import Options
import PolicyModel

/// Whether pods are held to their own addresses, and how to know whose are whose.
struct SpoofOptions: ParsableArguments {
  @Flag(
    name: .customLong("anti-spoof"),
    help: "Drop what pods send with an address that is not their own.")
  var isOn = false

  @Option(
    name: .customLong("pod-interfaces"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      The node's ends of the links of pods that have a route of their own each, such as cali+, \
      eni+ or veth+ of the plugin ptp; repeatable.
      """, valueName: "name"))
  var interfaces: [InterfaceArgument] = []

  @Option(
    name: .customLong("cni-results"),
    help: ArgumentHelp(
      """
      Where the runtime keeps which port of a bridge each pod is behind, as the plugins bridge and \
      flannel said: /var/lib/cni/results of the node.
      """, valueName: "dir"), completion: .directory)
  var results: String?

  /// Where runtimes keep it (containernetworking/cni, libcni/api.go, `CacheDir`).
  private static let cache = "/var/lib/cni/results"

  /// - Parameter network: what `--cni` says.
  func check(_ network: NetworkChoice?) throws {
    if !isOn,
      let option = results != nil
        ? "--cni-results" : interfaces.first.map({ _ in "--pod-interfaces" })
    {
      throw ValidationError("\(option) says where --anti-spoof looks; give that as well")
    }
    guard isOn else { return }
    if network == nil, results == nil, interfaces.isEmpty {
      throw ValidationError(
        "--anti-spoof must know by which interfaces pods send; give --cni, such as calico or "
          + "bridge, or --pod-interfaces or --cni-results")
    }
    if network != nil, !interfaces.isEmpty {
      throw ValidationError("--cni says by which interfaces pods send; leave --pod-interfaces out")
    }
    if let reason = (network?.profile).flatMap(reasonNot) { throw ValidationError(reason) }
  }

  /// Why it cannot be for pods of a network; nil where it can.
  private func reasonNot(_ network: CNIProfile) -> String? {
    switch network.traits.antiSpoofing {
    case .reversePath:
      results == nil
        ? nil : "pods of \(network.rawValue) are behind no bridge; leave --cni-results out"
    case .bridgeTable: nil
    case .none:
      "pods of \(network.rawValue) cannot be held to their addresses: "
        + (network.traits.refusal ?? "nothing is known of their interfaces; give --pod-interfaces")
    }
  }

  /// Where it is said who is behind which port; nil when no pod is behind a bridge.
  private func resultsDirectory(_ network: CNIProfile?) -> String? {
    results ?? (network?.traits.antiSpoofing == .bridgeTable ? Self.cache : nil)
  }

  /// Whether what is asked for can be made for one node only.
  func isOfOneNode(_ network: NetworkChoice?) -> Bool {
    isOn && (network == .auto || resultsDirectory(network?.profile) != nil)
  }

  private func routed(_ network: CNIProfile?) -> [InterfacePattern] {
    let named =
      network?.traits.antiSpoofing == .reversePath
      // A pod of AWS with a security group of its own is routed by rules on the interface that a
      // packet comes in by, which `fib` does not follow.
      ? (network?.traits.podInterfaces ?? []).filter { $0 != "vlan" }.compactMap {
        InterfacePattern("\($0)*")
      } : []
    var patterns: [InterfacePattern] = []
    for pattern in interfaces.map(\.pattern) + named where !patterns.contains(pattern) {
      patterns.append(pattern)
    }
    return patterns
  }

  /// - Parameter graph: whose local pods must all be known where they are behind a bridge.
  /// - Returns: nil when nothing is asked for.
  func antiSpoofing(_ graph: PolicyGraph, _ network: CNIProfile?) throws -> AntiSpoofing? {
    guard isOn else { return nil }
    if let reason = network.flatMap(reasonNot) { throw Console.fail(reason, .badInput) }
    let routed = routed(network)
    guard let results = resultsDirectory(network) else { return AntiSpoofing(routed: routed) }
    let attachments = try attachments(in: results)
    try checkPods(of: graph, attachments, in: results)
    warnOfSharedAddresses(attachments)
    return AntiSpoofing(
      routed: routed,
      bridged: attachments.map {
        PortBinding(port: $0.port, hardware: $0.hardware, addresses: $0.addresses)
      })
  }

  private func attachments(in directory: String) throws -> [PodAttachment] {
    var files: [ManifestFile] = []
    do {
      for name in try names(in: directory).sorted() {
        let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
        guard try kind(of: path) == .file else { continue }
        files.append(ManifestFile(path: path, bytes: try readFile(path)))
      }
    } catch {
      throw Console.fail("--cni-results: \(error)", .badInput)
    }
    var diagnostics = Diagnostics()
    let attachments = files.compactMap { PodAttachment(cached: $0, &diagnostics) }
    try DiagnosticPrinter(files).check(diagnostics)
    return attachments
  }

  /// A pod whose port is not known could send by any address, and a guarded port of its would let
  /// nothing through: neither is what was asked for.
  private func checkPods(
    of graph: PolicyGraph, _ attachments: [PodAttachment], in directory: String
  ) throws {
    let known = Set(attachments.flatMap(\.addresses))
    let unknown = graph.endpoints.filter { endpoint in
      endpoint.isLocal && !endpoint.addresses.allSatisfy(known.contains)
    }
    guard let first = unknown.first else { return }
    for endpoint in unknown.dropFirst().prefix(19) {
      Console.say("no port is known for \(endpoint.reference.qualifiedName)")
    }
    if unknown.count > 20 { Console.say("nor for \(unknown.count - 20) more") }
    let addresses = first.addresses.filter { !known.contains($0) }.map(\.description)
    throw Console.fail(
      "no port is known for \(first.reference.qualifiedName): no file of \(directory) has "
        + "\(addresses.joined(separator: " or ")); give --node, and the results of that node",
      .badInput)
  }

  private func warnOfSharedAddresses(_ attachments: [PodAttachment]) {
    var owners: [IPAddress: PodAttachment] = [:]
    for attachment in attachments {
      for address in attachment.addresses {
        guard let other = owners.updateValue(attachment, forKey: address),
          other.port != attachment.port
        else { continue }
        Console.say(
          "warning: \(address) is behind \(other.port) (\(other.location.file)) and "
            + "\(attachment.port) (\(attachment.location.file)); either may send by it")
      }
    }
  }
}
