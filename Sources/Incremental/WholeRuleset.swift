import Backends
import Compiler
import Diagnostics
import Iptables
import Kubernetes
import NetSets
import Nftables
import PolicyModel

/// All that a node's compiler has made, at once.
extension NodeCompiler {
  /// Sets whether TCP connections of isolated pods must start with SYN; everything else about the
  /// ruleset stays.
  package mutating func demandSYN(_ demands: Bool) { options.demandsSYN = demands }

  /// Sets whether denied packets are logged, and where to; everything else about the ruleset stays.
  package mutating func logDenials(_ logging: DenyLogging?) { options.denyLog = logging }

  /// Sets which ports of bridges are guarded; everything else about the ruleset stays.
  package mutating func guardPorts(_ bindings: [PortBinding]) {
    options.antiSpoofing?.bridged = bindings
  }

  /// The pods of the node that have addresses of their own.
  package var localPods: [ObjectReference: [IPAddress]] {
    locals.keys.reduce(into: [:]) { found, id in
      if let pod = pods[id] { found[pod.reference] = pods.addresses(of: id) }
    }
  }

  /// Pods of this node that no policy isolates in directions in which these addresses were isolated.
  package func opened(
    since isolated: [Direction: Set<IPAddress>]
  ) -> [(pod: Pod, directions: Set<Direction>)] {
    locals.compactMap { id, local in
      guard let pod = pods[id] else { return nil }
      let directions = isolated.filter { direction, addresses in
        !(local.groups[direction]?.isolates ?? false)
          && pod.addresses.contains(where: addresses.contains)
      }
      return directions.isEmpty ? nil : (pod, Set(directions.keys))
    }
  }

  /// Whether unknown pods were to be denied, and no address is known that one could have.
  package var closesNothing: Bool { scope.failsClosed && closedRanges.isEmpty }

  package var podCount: Int { pods.count }
  package var policyCount: Int { policies.count }
  /// Those that only tell what they would deny.
  package var auditedPolicies: Set<ObjectReference> { policies.audited }
  package var localPodCount: Int { locals.count }

  /// Whether more sets are in use than a table may have, so that some are addresses in rules.
  func isCrowded(_ tables: [TableState]) -> Bool {
    let limit = options.setLimit
    return tables.contains { $0.uses.peers.count > limit }
  }

  /// The ruleset as a compile of all objects makes it.
  package var ruleset: Ruleset {
    mutating get {
      if isCrowded(tables) { return compiledAfresh() }
      return Ruleset(
        tables: tables.indices.map { table(tables[$0], ports[$0]) }, bridge: lowerBridge(options))
    }
  }

  private mutating func table(_ state: TableState, _ ports: PortSets) -> Table {
    let maps = Direction.allCases.map { direction in
      VerdictMap.dispatch(
        direction,
        elements: locals.keys.flatMap { id -> [VerdictElement] in
          guard let pod = pods[id] else { return [] }
          let addresses = pods.addresses(of: id).filter { $0.family == state.family }
          return verdicts(id, pod, addresses, direction)
        })
    }
    var sets: [NamedSet] = []
    for id in state.uses.peers { sets.append(peerSet(id, state.family)) }
    sets += ports.whole(&names)
    for (name, ranges) in state.uses.blocks { sets.append(.blocks(ranges, named: name)) }
    return FixedObjects(state.family, enforcement, options).table(
      maps: maps, sets: sets.sorted { $0.name < $1.name },
      chains: state.chains(selectors.selectors, &names), audited: state.audited)
  }

  /// What a compile that knows nothing of earlier ones makes.
  package func compiledAfresh() -> Ruleset { lower(graph, options).ruleset }

  /// The same for iptables.
  package var filter: PacketFilter { lower(graph, IptablesOptions(options)).filter }

  private var graph: PolicyGraph {
    var diagnostics = Diagnostics()
    let all = policies.all
    let cluster = Cluster(
      namespaces: pods.knownNamespaces, nodes: [ownNode].compactMap(\.self),
      pods: pods.all.compactMap { pods[$0] }, workloads: [],
      mentioned: all.compactMap(\.reference.namespace))
    // Whatever this has to say was said when the objects were read.
    return resolve(all, in: cluster, for: scope, &diagnostics)
  }
}
