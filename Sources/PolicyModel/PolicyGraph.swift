import Diagnostics
import Kubernetes
import NetSets

/// The second intermediate form: which endpoints are isolated by which policies, and whom each
/// policy's edges lead to. Peers are shared sets of endpoints, one a distinct selector, so that
/// the graph grows with pods and policies, not with their product.
package struct PolicyGraph: Sendable {
  /// Sorted by name. Indexes into this array name endpoints everywhere else.
  package let endpoints: [Endpoint]
  /// One a distinct selector, in the order in which policies first use them.
  package let peerSets: [PeerSet]
  /// Those that select an enforced endpoint, in the order in which they are asked.
  package let policies: [GraphPolicy]
  /// Sets of policies that select the same endpoints in a direction.
  package let groups: [PolicyGroup]
  package let enforcement: Enforcement
  private let endpointByAddress: [IPAddress: Int]

  package init(
    endpoints: [Endpoint], peerSets: [PeerSet], policies: [GraphPolicy], groups: [PolicyGroup],
    enforcement: Enforcement
  ) {
    self.endpoints = endpoints
    self.peerSets = peerSets
    self.policies = policies
    self.groups = groups
    self.enforcement = enforcement
    var byAddress: [IPAddress: Int] = [:]
    byAddress.reserveCapacity(endpoints.count)
    for (index, endpoint) in endpoints.enumerated() {
      for address in endpoint.addresses { byAddress[address] = index }
    }
    self.endpointByAddress = byAddress
  }

  package func endpoint(at address: IPAddress) -> Int? { endpointByAddress[address] }

  /// Whether policies have a say in what an endpoint may do, and are not only tried.
  package func isolates(_ endpoint: Endpoint, _ direction: Direction) -> Bool {
    endpoint.group(direction).map { isolates(groups[$0]) } ?? false
  }

  package func isolates(_ group: PolicyGroup) -> Bool {
    group.policies.contains { !policies[$0].tier.isAudited }
  }

  /// The graph without the policies that are only tried, which decide nothing: they stay in
  /// `policies`, and select nobody.
  package var enforced: PolicyGraph {
    if !policies.contains(where: \.tier.isAudited) { return self }
    var ids: [PolicyGroup: PolicyGroup.ID] = [:]
    var kept: [PolicyGroup] = []
    let renamed = groups.map { group -> PolicyGroup.ID? in
      let deciding = PolicyGroup(
        direction: group.direction,
        policies: group.policies.filter { !policies[$0].tier.isAudited })
      if deciding.policies.isEmpty { return nil }
      let id = ids[deciding] ?? kept.count
      if id == kept.count {
        ids[deciding] = id
        kept.append(deciding)
      }
      return id
    }
    let endpoints = endpoints.map { endpoint in
      var endpoint = endpoint
      endpoint.ingress = endpoint.ingress.flatMap { renamed[$0] }
      endpoint.egress = endpoint.egress.flatMap { renamed[$0] }
      return endpoint
    }
    return PolicyGraph(
      endpoints: endpoints, peerSets: peerSets, policies: policies, groups: kept,
      enforcement: enforcement)
  }
}

/// Something with labels that policies select and connections start from or end at: a pod, or a
/// workload that has none yet.
package struct Endpoint: Sendable {
  package let reference: ObjectReference
  /// What a user knows it by: the Deployment or other workload that it belongs to, or itself.
  package let workload: ObjectReference
  package let node: String?
  /// Empty for workloads, and for pods that have none yet or lost them to another.
  package let addresses: [IPAddress]
  package let ports: [NamedPort]
  /// Whether the node that is compiled for runs it, so that its isolation is ours to enforce.
  package var isLocal: Bool
  /// Addresses of its own node.
  package let nodeAddresses: [IPAddress]
  /// The policies that select it; nil when none does in that direction.
  package var ingress: PolicyGroup.ID?
  package var egress: PolicyGroup.ID?

  package init(
    reference: ObjectReference, workload: ObjectReference? = nil, node: String?,
    addresses: [IPAddress], ports: [NamedPort],
    isLocal: Bool, nodeAddresses: [IPAddress]
  ) {
    self.reference = reference
    self.workload = workload ?? reference
    self.node = node
    self.addresses = addresses
    self.ports = ports
    self.isLocal = isLocal
    self.nodeAddresses = nodeAddresses
  }

  package func group(_ direction: Direction) -> PolicyGroup.ID? {
    switch direction {
    case .ingress: ingress
    case .egress: egress
    }
  }
}

/// The endpoints that one distinct selector matches.
package struct PeerSet: Sendable {
  package typealias ID = Int
  package let selector: PodSelector
  /// Indexes of endpoints, ascending.
  package let members: [Int]

  package init(selector: PodSelector, members: [Int]) {
    self.selector = selector
    self.members = members
  }

  package func contains(_ endpoint: Int) -> Bool {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle] == endpoint { return true }
      if members[middle] < endpoint { low = middle + 1 } else { high = middle }
    }
    return false
  }
}

/// The policies, as ascending indexes, that select an endpoint in a direction.
package struct PolicyGroup: Hashable, Sendable {
  package typealias ID = Int
  package let direction: Direction
  package let policies: [Int]

  package init(direction: Direction, policies: [Int]) {
    self.direction = direction
    self.policies = policies
  }
}

/// A policy with its rules' selectors resolved.
package struct GraphPolicy: Sendable {
  package let reference: ObjectReference
  package let tier: Tier
  package let subject: PodSelector
  package let location: SourceLocation
  /// nil where the policy says nothing about a direction.
  package let ingress: [Edge]?
  package let egress: [Edge]?

  package init(
    reference: ObjectReference, tier: Tier, subject: PodSelector, location: SourceLocation,
    ingress: [Edge]?, egress: [Edge]?
  ) {
    self.reference = reference
    self.tier = tier
    self.subject = subject
    self.location = location
    self.ingress = ingress
    self.egress = egress
  }

  package func edges(_ direction: Direction) -> [Edge]? {
    switch direction {
    case .ingress: ingress
    case .egress: egress
    }
  }
}

/// What one rule decides, and for whom.
package struct Edge: Sendable {
  package let action: Action
  /// nil is anyone; an empty list is no one.
  package let peers: [EdgePeer]?
  /// nil is every protocol and port; an empty list is none.
  package let ports: [RulePort]?
  package let provenance: Provenance

  package init(action: Action, peers: [EdgePeer]?, ports: [RulePort]?, provenance: Provenance) {
    self.action = action
    self.peers = peers
    self.ports = ports
    self.provenance = provenance
  }
}

/// One side of an edge.
package struct EdgePeer: Sendable {
  package let match: Match
  package let provenance: Provenance

  package enum Match: Hashable, Sendable {
    case set(PeerSet.ID)
    case block(IPBlock)
  }

  package init(_ match: Match, provenance: Provenance) {
    self.match = match
    self.provenance = provenance
  }
}

/// What is enforced beyond what policies say.
package struct Enforcement: Hashable, Sendable {
  /// Whether policies also decide connections from a pod to its own node; otherwise those are
  /// always allowed, as the documentation of NetworkPolicy says.
  package var policesOwnNode: Bool
  /// Addresses that only pods of this node can have. One that no known pod has is denied both
  /// ways: a pod that just started, before its policies are known.
  package var closedRanges: [IPPrefix]
  /// Addresses of the node that `closedRanges` belong to.
  package var nodeAddresses: [IPAddress]

  package init(
    policesOwnNode: Bool = false, closedRanges: [IPPrefix] = [], nodeAddresses: [IPAddress] = []
  ) {
    self.policesOwnNode = policesOwnNode
    self.closedRanges = closedRanges
    self.nodeAddresses = nodeAddresses
  }
}
