import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// Who answers look-ups in the input's cluster.
struct DNSServers {
  private let graph: PolicyGraph
  private let parties: [Party]
  private let endpoints: Set<Int>
  /// Whether a server is in a namespace whose labels the input does not say.
  private let mayBeSelected: Bool
  /// NodeLocal DNSCache listens on every node, also on the address of the Service.
  let isOnEveryNode: Bool

  init(_ context: LintContext) {
    graph = context.graph
    func isServer(_ reference: ObjectReference, _ labels: Labels) -> Bool {
      labels["k8s-app"] == "kube-dns"
        || (reference.namespace == "kube-system" && reference.name.hasPrefix("coredns"))
    }
    let found = context.graph.endpoints.indices.filter {
      isServer(context.graph.endpoints[$0].reference, context.labels[$0])
    }
    endpoints = Set(found)
    // On the host's network a server is the addresses of its node.
    let onHost = context.cluster.pods.filter {
      $0.hostNetwork && !$0.isFinished && isServer($0.reference, $0.labels)
    }
    let hostWorkloads = context.cluster.workloads.filter {
      $0.hostNetwork && isServer($0.reference, $0.labels)
    }
    parties =
      found.flatMap { index -> [Party] in
        let addresses = context.graph.endpoints[index].addresses
        return addresses.isEmpty
          ? [Party(endpoint: index, address: nil)]
          : addresses.map { Party(endpoint: index, address: $0) }
      } + onHost.flatMap { $0.addresses.map { Party(endpoint: nil, address: $0) } }
      + hostWorkloads.map { _ in Party(endpoint: nil, address: nil) }
    mayBeSelected = found.contains { index in
      let namespace = context.graph.endpoints[index].reference.namespace ?? ""
      return context.cluster.namespaces[namespace]?.location == nil
    }
    isOnEveryNode = context.onHost.values.joined().contains {
      $0.labels["k8s-app"] == "node-local-dns"
    }
  }

  var words: String {
    let names = endpoints.sorted().map { graph.endpoints[$0].displayName }
    return names.isEmpty ? "anyone" : list(names, shown: 2)
  }

  func isServer(_ endpoint: Int) -> Bool { endpoints.contains(endpoint) }

  /// Whether a pod with these egress rules may ask any of them, or a resolver of its own. What an
  /// ipBlock means for a server whose address is not known is not known either, and is taken for
  /// enough.
  func areReachable(from endpoint: Int, _ edges: [Edge]) -> Bool {
    let query = Connection.Layer4.transport(.udp, port: 53)
    let source = Party(endpoint: endpoint, address: graph.endpoints[endpoint].addresses.first)
    if parties.contains(where: {
      graph.decision(from: source, to: $0, query).egress.isAllowed
    }) {
      return true
    }
    let isUnknown = parties.contains { $0.address == nil }
    return edges.contains { edge in
      guard edge.action == .allow, graph.ports(edge.ports, allow: query, at: nil) else {
        return false
      }
      if parties.isEmpty { return true }
      if mayBeSelected, selectsNamespacesByLabel(edge) { return true }
      let hasBlock =
        edge.peers?.contains { peer in
          if case .block = peer.match { true } else { false }
        } ?? false
      return hasBlock && (isUnknown || namesDNS(edge))
    }
  }

  /// By labels of their own, not by the name that every namespace is labelled with.
  private func selectsNamespacesByLabel(_ edge: Edge) -> Bool {
    (edge.peers ?? []).contains { peer in
      guard case .set(let set) = peer.match,
        case .labelled(let labels) = graph.peerSets[set].selector.namespaces
      else { return false }
      return labels.requirements.contains { $0.key != "kubernetes.io/metadata.name" }
    }
  }

  private func namesDNS(_ edge: Edge) -> Bool {
    (edge.ports ?? []).contains { port in
      if case .numbers(53...53) = port.match { port.transport == .udp } else { false }
    }
  }
}
