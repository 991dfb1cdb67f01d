import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// Policies with selectors to a graph with endpoints: the stage that needs the cluster.
package func resolve(
  _ policies: [TierPolicy], in cluster: Cluster, for scope: Scope,
  _ diagnostics: inout Diagnostics
) -> PolicyGraph {
  var resolver = Resolver(cluster: cluster, scope: scope, &diagnostics)
  return resolver.graph(policies, &diagnostics)
}

private struct Resolver {
  private let scope: Scope
  private let cluster: Cluster
  private let nodes: NodeAddresses
  private var endpoints: [Endpoint]
  /// Every endpoint, for peers.
  private var everyone: EndpointIndex
  /// Those whose isolation is enforced, for subjects.
  private var locals: EndpointIndex
  private var setIDs: [PodSelector: PeerSet.ID] = [:]
  private var sets: [PeerSet] = []

  init(cluster: Cluster, scope: Scope, _ diagnostics: inout Diagnostics) {
    self.scope = scope
    self.cluster = cluster
    self.nodes = NodeAddresses(cluster)
    self.everyone = EndpointIndex(namespaces: cluster.namespaces)
    self.locals = EndpointIndex(namespaces: cluster.namespaces)
    self.endpoints = []
    let owners = addressOwners(cluster.pods, &diagnostics)
    let pods = cluster.pods.lazy.filter { !$0.hostNetwork && !$0.isFinished }
    for pod in pods {
      add(
        pod.reference, labels: pod.labels, node: pod.node,
        addresses: pod.addresses.filter { owners[$0] == nil || owners[$0] == pod.reference },
        ports: pod.ports)
    }
    for workload in cluster.workloads where !workload.hostNetwork {
      add(
        workload.reference, labels: workload.labels, node: nil, addresses: [], ports: workload.ports
      )
    }
  }

  private mutating func add(
    _ reference: ObjectReference, labels: Labels, node: String?, addresses: [IPAddress],
    ports: [NamedPort]
  ) {
    let isLocal = scope.node == nil || (node == scope.node && !addresses.isEmpty)
    let index = endpoints.count
    endpoints.append(
      Endpoint(
        reference: reference, node: node, addresses: addresses, ports: ports, isLocal: isLocal,
        nodeAddresses: node.map { nodes[$0] } ?? []))
    let namespace = reference.namespace ?? ""
    everyone.add(index, namespace: namespace, labels: labels)
    if isLocal { locals.add(index, namespace: namespace, labels: labels) }
  }

  mutating func graph(_ policies: [TierPolicy], _ diagnostics: inout Diagnostics) -> PolicyGraph {
    let ordered = policies.sorted {
      ($0.tier.order, $0.tier.name, $0.order) < ($1.tier.order, $1.tier.name, $1.order)
        || (($0.tier.order, $0.tier.name, $0.order) == ($1.tier.order, $1.tier.name, $1.order)
          && $0.reference < $1.reference)
    }
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
      kept.append(resolved(policy))
    }
    let groups = groups(selecting)
    return PolicyGraph(
      endpoints: endpoints, peerSets: sets, policies: kept, groups: groups,
      enforcement: enforcement(&diagnostics))
  }

  private mutating func resolved(_ policy: TierPolicy) -> GraphPolicy {
    GraphPolicy(
      reference: policy.reference, tier: policy.tier, subject: policy.subject,
      location: policy.location, ingress: policy.ingress?.map { edge($0) },
      egress: policy.egress?.map { edge($0) })
  }

  private mutating func edge(_ rule: PolicyRule) -> Edge {
    let peers = rule.peers?.map { peer in
      switch peer.match {
      case .block(let block): EdgePeer(.block(block), provenance: peer.provenance)
      case .pods(let selector): EdgePeer(.set(setID(selector)), provenance: peer.provenance)
      }
    }
    return Edge(
      action: rule.action, peers: peers, ports: rule.ports, provenance: rule.provenance)
  }

  private mutating func setID(_ selector: PodSelector) -> PeerSet.ID {
    if let known = setIDs[selector] { return known }
    let id = sets.count
    sets.append(PeerSet(selector: selector, members: everyone.endpoints(matching: selector)))
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
    let closed = cluster.nodes.filter { scope.node == nil || $0.name == scope.node }
    let ranges = closed.flatMap(\.podCIDRs)
    if ranges.isEmpty {
      let whose = scope.node.map { "Node \($0)" } ?? "any Node"
      diagnostics.error(
        .noPodCIDR, "--fail-closed needs spec.podCIDRs of \(whose), and the input has none",
        at: closed.first?.location,
        hint: "add the Node object: kubectl get node -o yaml")
    }
    return Enforcement(
      policesOwnNode: scope.policesOwnNode, closedRanges: Array(Set(ranges)).sorted(),
      nodeAddresses: Array(Set(closed.flatMap { nodes[$0.name] })).sorted())
  }
}
