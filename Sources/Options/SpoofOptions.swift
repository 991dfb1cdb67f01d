import ArgumentParser
import CNI
import NetSets

/// Whether pods are held to their own addresses, and how to know whose are whose.
package struct SpoofOptions: ParsableArguments {
  @Flag(
    name: .customLong("anti-spoof"),
    help: "Drop what pods send with an address that is not their own.")
  package var isOn = false

  @Option(
    name: .customLong("pod-interfaces"), parsing: .singleValue,
    help: ArgumentHelp(
      """
      The node's ends of the links of pods that have a route of their own each, such as cali+, \
      eni+ or veth+ of the plugin ptp; repeatable.
      """, valueName: "name"))
  package var interfaces: [InterfaceArgument] = []

  @Option(
    name: .customLong("cni-results"),
    help: ArgumentHelp(
      """
      Where the runtime keeps which port of a bridge each pod is behind, as the plugins bridge and \
      flannel said: /var/lib/cni/results of the node.
      """, valueName: "dir"), completion: .directory)
  package var results: String?

  package init() {}

  /// Where runtimes keep it (containernetworking/cni, libcni/api.go, `CacheDir`).
  private static let cache = "/var/lib/cni/results"

  /// - Parameter network: what `--cni` says.
  package func check(_ network: NetworkChoice?) throws {
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
  package func isOfOneNode(_ network: NetworkChoice?) -> Bool {
    isOn && (network == .auto || resultsDirectory(network?.profile) != nil)
  }

  /// By which interfaces pods send.
  /// - Parameter network: which of its pods' packets rules see.
  /// - Returns: nil when nothing is asked for.
  package func interfaces(_ network: CNIProfile?) throws(OptionRefusal) -> PodInterfaces? {
    guard isOn else { return nil }
    if let reason = network.flatMap(reasonNot) { throw OptionRefusal(reason) }
    return PodInterfaces(routed: routed(network), results: resultsDirectory(network))
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
}
