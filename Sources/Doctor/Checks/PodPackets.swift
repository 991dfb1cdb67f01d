import CNI
import NetSets

/// Packets between pods that stand for all of them: what other tools' rules do to these is asked.
struct PodPackets {
  private let node: Node
  private let tables: [ForeignTable]

  init(_ node: Node, _ tables: [ForeignTable]) {
    self.node = node
    self.tables = tables
  }

  /// Between pods of this node; none where no address is known.
  var local: [ProbePacket] {
    IPFamily.allCases.flatMap { family -> [ProbePacket] in
      let pods = localPods(family)
      guard let first = pods.first else { return [] }
      return pods.map { pod in
        ProbePacket(
          family, source: pod, destination: pod == first ? pods.last ?? first : first,
          inInterface: podInterface, outInterface: podInterface)
      }
    }
  }

  /// Between pods of which nothing is known.
  var unknown: [ProbePacket] {
    IPFamily.allCases.map {
      ProbePacket(
        $0, source: nil, destination: nil, inInterface: podInterface, outInterface: podInterface)
    }
  }

  /// From pods of this node to those of others, in each family that pods have; with addresses that
  /// are not known where nothing says them.
  var leaving: [ProbePacket] {
    let isAnyKnown = IPFamily.allCases.contains { !localPods($0).isEmpty }
    return IPFamily.allCases.flatMap { family -> [ProbePacket] in
      let sources: [IPAddress?] = localPods(family)
      if sources.isEmpty, isAnyKnown { return [] }
      let destinations: [IPAddress?] = remotePods(family)
      return (sources.isEmpty ? [nil] : sources).flatMap { source in
        (destinations.isEmpty ? [nil] : destinations).map { destination in
          ProbePacket(
            family, source: source, destination: destination, inInterface: podInterface,
            outInterface: destination.map(interface) ?? .unknown)
        }
      }
    }
  }

  /// From pods of other nodes to those of this one.
  var arriving: [ProbePacket] {
    leaving.map {
      ProbePacket(
        $0.family, source: $0.destination, destination: $0.source, inInterface: $0.outInterface,
        outInterface: podInterface)
    }
  }

  /// On a bridge, rules see the bridge. Elsewhere, each pod has its own.
  private var podInterface: InterfaceName {
    if let bridge = node.bridges.first { return .exactly(bridge.device) }
    guard let profile = node.profile else { return .unknown }
    let starts = profile.traits.podInterfaces
    return starts.count == 1 ? .startingWith(starts[0]) : .unknown
  }

  /// So many addresses are tried, besides one that no rule names.
  private static let limit = 32

  /// One of the node's range that rules hardly name, and those that they do: the plugins write a rule
  /// a pod.
  private func localPods(_ family: IPFamily) -> [IPAddress] {
    let subnets = node.podSubnets.filter { $0.family == family }
    guard !subnets.isEmpty else { return podsByRoutes(family) }
    let spare = subnets.map { subnet in
      IPAddress(
        family: family, bits: subnet.range.upper - min(2, subnet.range.upper - subnet.base.bits))
    }
    let named = tables.flatMap { $0.chains.flatMap(\.rules) }.flatMap(\.conditions)
      .flatMap { condition -> [IPAddress] in
        guard case .source(let addresses) = condition.test else { return [] }
        return addresses.ranges.map(\.first)
      }.filter { address in
        // The first of a range is no pod's.
        subnets.contains { $0.contains(address) && $0.base != address }
      }
    return spare + Array(Set(named)).sorted().prefix(Self.limit)
  }

  /// Where each pod has a route; else what the user says that pods have.
  private func podsByRoutes(_ family: IPFamily) -> [IPAddress] {
    let starts = node.profile?.traits.podInterfaces ?? []
    let routes = (node.routes.value ?? []).filter { route in
      route.destination.family == family && route.destination.length == family.width
        && starts.contains { route.interface.hasPrefix($0) }
    }
    if !routes.isEmpty { return Array(routes.map(\.destination.base).prefix(Self.limit)) }
    // Any node's pods have one of these.
    return node.clusterNetworks.filter { $0.family == family }.map {
      IPAddress(family: family, bits: $0.base.bits + min(20, $0.range.upper - $0.base.bits))
    }
  }

  /// Of every pod, where that is known; else of other nodes' ranges, which a node has routes to.
  private func remotePods(_ family: IPFamily) -> [IPAddress] {
    let own = node.podSubnets.filter { $0.family == family }
    let networks = node.clusterPodNetworks.filter { $0.family == family }
    if !networks.isEmpty {
      let others = AddressSet(networks.map(\.range))
        .subtracting(AddressSet(own.map(\.range))).ranges
      // Both ends of the cluster's range, in case that a rule exempts only a part.
      return others.flatMap { range in
        Set([
          range.lower + min(10, range.upper - range.lower),
          range.upper - min(10, range.upper - range.lower),
        ])
        .sorted().map { IPAddress(family: family, bits: $0) }
      }.prefix(Self.limit).map { $0 }
    }
    let tunnels = node.profile?.traits.tunnels.map(\.device) ?? []
    return (node.routes.value ?? []).filter { route in
      route.destination.family == family && route.hasGateway
        && (own.contains { $0.length == route.destination.length }
          || (tunnels.contains(route.interface) && route.destination.length > 0))
        && !own.contains(route.destination)
    }.prefix(Self.limit).map {
      IPAddress(
        family: family,
        bits: $0.destination.base.bits + ($0.destination.length < family.width ? 1 : 0))
    }
  }

  private func interface(to address: IPAddress) -> InterfaceName {
    let routes = (node.routes.value ?? []).filter { $0.destination.contains(address) }
    let best = routes.max { $0.destination.length < $1.destination.length }
    return best.map { .exactly($0.interface) } ?? .unknown
  }
}
