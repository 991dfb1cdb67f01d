import Compiler
import Diagnostics
import Incremental
import Kubernetes
import Masquerade
import NetSets
import PolicyModel
import TestSupport

/// Objects that come, change and go at random, drawn from a few clusters whose names, addresses and
/// labels meet often.
struct ClusterHistory {
  private(set) var objects: [ObjectReference: ClusterObject] = [:]
  private let pool: [ClusterObject]
  private var random: SplitMix64
  private var past: [ClusterChange] = []

  /// - Parameter others: further objects that come and go.
  init(seed: UInt64, hasTiers: Bool, others: [ClusterObject] = []) {
    random = SplitMix64(seed: seed)
    pool =
      others
      + (0..<4 as Range<UInt64>).flatMap { number in
        let cluster = RandomCluster(seed: seed &* 31 &+ number, hasTiers: hasTiers)
        return cluster.cluster.namespaces.values.sorted { $0.name < $1.name }
          .map { ClusterObject.namespace($0) } + cluster.cluster.nodes.map { .node($0) }
          + cluster.cluster.pods.map { .pod($0) }
          + cluster.policies.map { .policy($0) }
      }
  }

  /// Between one and `count` changes, some of which change nothing, take back what was or are
  /// about what is not there.
  mutating func changes(upTo count: Int) -> [ClusterChange] {
    (0..<Int.random(in: 1...count, using: &random)).map { _ in
      let change = next()
      switch change {
      case .put(let object): objects[object.reference] = object
      case .removed(let reference): objects[reference] = nil
      }
      past.append(change)
      return change
    }
  }

  private mutating func next() -> ClusterChange {
    let object = pool[Int.random(in: pool.indices, using: &random)]
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<3: return .removed(object.reference)
    case 3: return past.randomElement(using: &random) ?? .put(object)
    default: return .put(varied(object))
    }
  }

  /// A pod in another phase or of another age: whose an address is depends on these. A node with or
  /// without addresses for its pods.
  private mutating func varied(_ object: ClusterObject) -> ClusterObject {
    if case .node(let node) = object, Bool.random(using: &random) {
      return .node(
        Node(
          name: node.name, addresses: node.addresses, podCIDRs: [], location: node.location))
    }
    guard case .pod(let pod) = object else { return object }
    let phases: [Pod.Phase] = [.running, .running, .running, .pending, .failed]
    return .pod(
      Pod(
        reference: pod.reference, labels: pod.labels, node: pod.node,
        addresses: Int.random(in: 0..<8, using: &random) == 0 ? [] : pod.addresses,
        hostAddresses: pod.hostAddresses, ports: pod.ports, hostNetwork: pod.hostNetwork,
        phase: phases[Int.random(in: phases.indices, using: &random)],
        created: "2026-01-0\(Int.random(in: 1...3, using: &random))T00:00:00Z",
        location: pod.location))
  }

  /// What a compile that knows no history makes of the objects.
  func graph(_ scope: Scope) -> PolicyGraph {
    var namespaces: [Namespace] = []
    var nodes: [Node] = []
    var pods: [Pod] = []
    var policies: [TierPolicy] = []
    for object in objects.values {
      switch object {
      case .namespace(let namespace): namespaces.append(namespace)
      case .node(let node): nodes.append(node)
      case .pod(let pod): pods.append(pod)
      case .policy(let policy): policies.append(policy)
      case .ipPool, .outgoingNAT: continue
      }
    }
    var diagnostics = Diagnostics()
    return resolve(
      policies,
      in: Cluster(
        namespaces: namespaces, nodes: nodes, pods: pods, workloads: [],
        mentioned: policies.compactMap(\.reference.namespace)),
      for: scope, &diagnostics)
  }

  /// What the objects say of how connections leave.
  var facts: MasqueradeFacts {
    var pools: [IPPool] = []
    var nodes: [Node] = []
    var settings: OutgoingNAT?
    for object in objects.values {
      switch object {
      case .ipPool(let pool): pools.append(pool)
      case .node(let node): nodes.append(node)
      case .outgoingNAT(let one): settings = one
      case .namespace, .pod, .policy: continue
      }
    }
    return MasqueradeFacts(pools: pools, outgoingNAT: settings, nodes: nodes)
  }
}
