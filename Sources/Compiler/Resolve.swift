import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// Policies with selectors to a graph with endpoints: the stage that needs the cluster.
package func resolve(
  _ policies: [TierPolicy], in cluster: Cluster, for scope: Scope,
  _ diagnostics: inout Diagnostics
) -> PolicyGraph {
  var index = ClusterIndex(cluster, &diagnostics)
  return resolve(policies, in: &index, for: scope, &diagnostics)
}

/// The same with an index made before, for graphs of many nodes of one cluster.
package func resolve(
  _ policies: [TierPolicy], in index: inout ClusterIndex, for scope: Scope,
  _ diagnostics: inout Diagnostics
) -> PolicyGraph {
  var resolver = Resolver(index: index, scope: scope)
  let graph = resolver.graph(policies, &diagnostics)
  // What was looked up for this node is known for the next.
  index = resolver.index
  return graph
}

private struct Resolver {
  var index: ClusterIndex
  private let scope: Scope
  private var endpoints: [Endpoint]
  /// Those whose isolation is enforced, for subjects.
  private var locals: EndpointIndex
  private var setIDs: [PodSelector: PeerSet.ID] = [:]
  private var sets: [PeerSet] = []

  init(index: ClusterIndex, scope: Scope) {
    self.index = index
    self.scope = scope
    endpoints = index.endpoints
    locals = EndpointIndex(namespaces: index.cluster.namespaces)
    let local = scope.node.map { index.endpoints(on: $0) } ?? Array(endpoints.indices)
    for position in local {
      endpoints[position].isLocal = true
      let namespace = endpoints[position].reference.namespace ?? ""
      locals.add(position, namespace: namespace, labels: index.labels[position])
    }
  }

  mutating func graph(_ policies: [TierPolicy], _ diagnostics: inout Diagnostics) -> PolicyGraph {
    let ordered = policies.sorted { $0.isAsked(before: $1) }
    var kept: [GraphPolicy] = []
    var selecting: [Direction: [Int: [Int]]] = [:]
    for policy in ordered {
      let subjects = locals.endpoints(matching: policy.subject)
      if subjects.isEmpty { continue }
      for direction in Direction.allCases where policy.rules(direction) != nil {
        for subject in subjects {
          selecting[direction, default: [:]][subject, default: []].append(kept.count)
        }
      }
      kept.append(policy.resolved { setID($0) })
    }
    let groups = groups(selecting)
    return PolicyGraph(
      endpoints: endpoints, peerSets: sets, policies: kept, groups: groups,
      enforcement: enforcement(&diagnostics))
  }

  private mutating func setID(_ selector: PodSelector) -> PeerSet.ID {
    if let known = setIDs[selector] { return known }
    let id = sets.count
    sets.append(PeerSet(selector: selector, members: index.everyone.endpoints(matching: selector)))
    setIDs[selector] = id
    return id
  }

  /// Puts endpoints with equal policies into one group, and tells each endpoint its own.
  private mutating func groups(_ selecting: [Direction: [Int: [Int]]]) -> [PolicyGroup] {
    var ids: [PolicyGroup: PolicyGroup.ID] = [:]
    var groups: [PolicyGroup] = []
    for direction in Direction.allCases {
      for (endpoint, policies) in (selecting[direction] ?? [:]).sorted(by: { $0.key < $1.key }) {
        let group = PolicyGroup(direction: direction, policies: policies)
        let id = ids[group] ?? groups.count
        if id == groups.count {
          ids[group] = id
          groups.append(group)
        }
        switch direction {
        case .ingress: endpoints[endpoint].ingress = id
        case .egress: endpoints[endpoint].egress = id
        }
      }
    }
    return groups
  }

  private func enforcement(_ diagnostics: inout Diagnostics) -> Enforcement {
    guard scope.failsClosed else { return Enforcement(policesOwnNode: scope.policesOwnNode) }
    let closed = index.cluster.nodes.filter { scope.node == nil || $0.name == scope.node }
    let ranges = closed.flatMap(\.podCIDRs)
    if ranges.isEmpty {
      let whose = scope.node.map { "Node \($0)" } ?? "any Node"
      diagnostics.error(
        .noPodCIDR, "--fail-closed needs spec.podCIDRs of \(whose), and the input has none",
        at: closed.first?.location,
        hint: closed.isEmpty
          ? "add the Node object: kubectl get node -o yaml"
          : "leave --fail-closed out where the network plugin keeps the pods' ranges elsewhere")
    }
    return Enforcement(
      policesOwnNode: scope.policesOwnNode, closedRanges: Array(Set(ranges)).sorted(),
      nodeAddresses: Array(Set(closed.flatMap { index.nodes[$0.name] })).sorted())
  }
}

extension TierPolicy {
  /// The order of a graph's policies.
  package func isAsked(before other: TierPolicy) -> Bool {
    let (mine, others) = (
      (tier.order, tier.name, order), (other.tier.order, other.tier.name, other.order)
    )
    return mine < others || (mine == others && reference < other.reference)
  }

  /// - Parameter setID: the number of a selector's peers.
  package func resolved(_ setID: (PodSelector) -> PeerSet.ID) -> GraphPolicy {
    func edge(_ rule: PolicyRule) -> Edge {
      let peers = rule.peers?.map { peer in
        switch peer.match {
        case .block(let block): EdgePeer(.block(block), provenance: peer.provenance)
        case .pods(let selector): EdgePeer(.set(setID(selector)), provenance: peer.provenance)
        }
      }
      return Edge(
        action: rule.action, peers: peers, ports: rule.ports, provenance: rule.provenance)
    }
    return GraphPolicy(
      reference: reference, tier: tier, subject: subject, location: location,
      ingress: ingress?.map(edge), egress: egress?.map(edge))
  }
}
