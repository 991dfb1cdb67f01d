import Compiler
import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// A small cluster with policies that exercise every feature of the model, made from a seed.
///
/// Names, labels and addresses are few, so that selectors, blocks and ports meet often.
package struct RandomCluster {
  package let cluster: Cluster
  package let policies: [TierPolicy]
  package let scope: Scope
  private var random: SplitMix64

  private static let namespaces = ["blue", "green", "red"]
  private static let nodes = ["n1", "n2"]
  private static let portNames = ["http", "dns", "admin"]

  /// - Parameter hasTiers: whether ordered tiers with deny and pass stand around NetworkPolicy.
  package init(seed: UInt64, hasTiers: Bool) {
    var random = SplitMix64(seed: seed)
    var builder = Builder(random: random)
    let namespaces = Self.namespaces.map { name in
      Namespace(name: name, labels: builder.labels(), location: builder.here)
    }
    let nodes = Self.nodes.enumerated().map { index, name in
      Node(
        name: name, addresses: Builder.nodeAddresses(index),
        podCIDRs: [
          IPPrefix(Builder.address(.ipv4, node: index, host: 0), length: 24),
          IPPrefix(Builder.address(.ipv6, node: index, host: 0), length: 64),
        ], location: builder.here)
    }
    let podCount = Int.random(in: 2...6, using: &builder.random)
    let pods = (0..<podCount).map { builder.pod($0) }
    let policies = (0..<Int.random(in: 1...5, using: &builder.random)).map {
      builder.policy($0, hasTiers: hasTiers)
    }
    random = builder.random
    cluster = Cluster(
      namespaces: namespaces, nodes: nodes, pods: pods, workloads: [],
      mentioned: policies.compactMap(\.reference.namespace))
    self.policies = policies
    scope = Scope(
      node: Bool.random(using: &random) ? "n1" : nil, policesOwnNode: Bool.random(using: &random),
      failsClosed: Int.random(in: 0..<4, using: &random) == 0)
    self.random = random
  }

  package var graph: PolicyGraph { graph(for: scope) }

  /// Resolving such clusters never fails.
  package func graph(for scope: Scope) -> PolicyGraph {
    var diagnostics = Diagnostics()
    return resolve(policies, in: cluster, for: scope, &diagnostics)
  }

  /// The graph of a cluster where every other pod is a Deployment that has no pods yet.
  package var graphWithWorkloads: PolicyGraph {
    let workloads = cluster.pods.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    let names = Set(workloads.map(\.reference))
    let mixed = Cluster(
      namespaces: Array(cluster.namespaces.values), nodes: cluster.nodes,
      pods: cluster.pods.filter { !names.contains($0.reference) },
      workloads: workloads.map { pod in
        Workload(
          reference: ObjectReference(
            kind: "Deployment", namespace: pod.reference.namespace, name: pod.reference.name),
          labels: pod.labels, ports: pod.ports, hostNetwork: pod.hostNetwork,
          location: pod.location)
      },
      mentioned: [])
    var diagnostics = Diagnostics()
    return resolve(policies, in: mixed, for: Scope(), &diagnostics)
  }

  /// The graph of the same cluster with one policy less.
  package func graph(withoutPolicy index: Int) -> PolicyGraph {
    graph(with: policies.indices.filter { $0 != index }.map { policies[$0] })
  }

  /// The same with some of the policies only.
  package func graph(where isIncluded: (TierPolicy) -> Bool) -> PolicyGraph {
    graph(with: policies.filter(isIncluded))
  }

  /// The same with other policies.
  package func graph(with policies: [TierPolicy]) -> PolicyGraph {
    var diagnostics = Diagnostics()
    return resolve(policies, in: cluster, for: scope, &diagnostics)
  }
}

/// Makes the parts, drawing from one stream of random numbers.
private struct Builder {
  var random: SplitMix64
  private var line = 1

  init(random: SplitMix64) { self.random = random }

  /// A place that differs from every other.
  var here: SourceLocation {
    mutating get {
      line += 1
      return SourceLocation(file: "random.yaml", line: line, column: 1)
    }
  }

  private mutating func oneIn(_ count: Int) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  private mutating func several<Element>(_ range: ClosedRange<Int>, _ make: (inout Self) -> Element)
    -> [Element]
  {
    (0..<Int.random(in: range, using: &random)).map { _ in make(&self) }
  }

  // MARK: Cluster

  mutating func labels() -> Labels {
    Labels(
      several(0...2) { Labels.Pair(key: $0.pick(["app", "tier"]), value: $0.pick(["a", "b"])) })
  }

  static func address(_ family: IPFamily, node: Int, host: Int) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(family: .ipv4, bits: UInt128(0x0af4_0000 + node << 8 + host))
    case .ipv6:
      IPAddress(
        family: .ipv6,
        bits: UInt128(0xfd00_0244_0000_0000 + UInt64(node)) << 64 + UInt128(host))
    }
  }

  static func nodeAddresses(_ node: Int) -> [IPAddress] {
    [
      IPAddress(family: .ipv4, bits: UInt128(0xc0a8_0001 + node)),
      IPAddress(family: .ipv6, bits: UInt128(0xfd00_0001) << 96 + UInt128(node + 1)),
    ]
  }

  mutating func pod(_ index: Int) -> Pod {
    let node = Int.random(in: 0...1, using: &random)
    let families = pick([[IPFamily.ipv4], [.ipv6], [.ipv4, .ipv6], [.ipv4, .ipv6]])
    let isHost = oneIn(12)
    return Pod(
      reference: ObjectReference(
        kind: "Pod", namespace: pick(["blue", "green", "red"]), name: "pod-\(index)"),
      labels: labels(), node: "n\(node + 1)",
      addresses: isHost
        ? Builder.nodeAddresses(node)
        : families.map { Builder.address($0, node: node, host: 10 + index) },
      hostAddresses: oneIn(2) ? Builder.nodeAddresses(node) : [],
      ports: several(0...3) {
        NamedPort(
          name: $0.pick(["http", "dns", "admin"]), transport: $0.pick(Transport.allCases),
          number: $0.pick([53, 80, 8080]))
      },
      hostNetwork: isHost, phase: oneIn(12) ? .succeeded : .running, created: "", location: here)
  }

  // MARK: Policies

  mutating func policy(_ index: Int, hasTiers: Bool) -> TierPolicy {
    let tiers: [Tier] =
      hasTiers
      ? [
        Tier(name: "admin", order: 1000, atEnd: .pass), .networkPolicy,
        Tier(name: "custom", order: 2_000_000, atEnd: .deny),
        Tier(name: "baseline", order: 10_000_000, atEnd: .pass),
      ] : [.networkPolicy]
    let tier = pick(tiers)
    let reference = ObjectReference(
      kind: "NetworkPolicy", namespace: pick(["blue", "green", "red"]), name: "policy-\(index)")
    let isOrdered = tier != .networkPolicy
    let subject =
      isOrdered && oneIn(2)
      ? selector()
      : PodSelector(namespaces: .named(reference.namespace ?? ""), pods: labelSelector())
    let directions = pick([[Direction.ingress], [.egress], [.ingress, .egress]])
    func rules(_ direction: Direction, _ builder: inout Builder) -> [PolicyRule]? {
      guard directions.contains(direction) else { return nil }
      var number = -1
      return builder.several(0...3) {
        number += 1
        return $0.rule(reference, direction, number, isOrdered: isOrdered)
      }
    }
    let policy = TierPolicy(
      reference: reference, tier: tier,
      order: isOrdered ? Double(Int.random(in: 0...3, using: &random)) : 0, subject: subject,
      ingress: rules(.ingress, &self), egress: rules(.egress, &self), location: here)
    return !isOrdered && oneIn(4) ? policy.audited : policy
  }

  private mutating func rule(
    _ policy: ObjectReference, _ direction: Direction, _ number: Int, isOrdered: Bool
  ) -> PolicyRule {
    let path = FieldPath.root.key(direction.rawValue).index(number)
    let isLarge = oneIn(8)
    let peers: [RulePeer]? =
      oneIn(4)
      ? nil
      : several(1...(isLarge ? 12 : 3)) { $0.peer(policy, path) }
    let ports: [RulePort]? =
      oneIn(4) ? nil : several(1...(isLarge ? 6 : 3)) { $0.port(policy, path) }
    return PolicyRule(
      action: isOrdered ? pick([.allow, .deny, .pass]) : .allow, peers: peers, ports: ports,
      provenance: Provenance(policy: policy, path: path, location: here))
  }

  private mutating func peer(_ policy: ObjectReference, _ path: FieldPath) -> RulePeer {
    let own = PodSelector(namespaces: .named(policy.namespace ?? ""), pods: labelSelector())
    let match: RulePeer.Match =
      oneIn(2) ? .block(block()) : .pods(oneIn(2) ? own : selector())
    return RulePeer(
      match, provenance: Provenance(policy: policy, path: path.key("peer"), location: here))
  }

  private mutating func port(_ policy: ObjectReference, _ path: FieldPath) -> RulePort {
    let first = pick([1, 52, 53, 80, 8079, 8080, 65535] as [UInt16])
    let match: RulePort.Match =
      switch Int.random(in: 0..<5, using: &random) {
      case 0: .any
      case 1: .named(pick(["http", "dns", "admin"]))
      case 2: .numbers(first...max(first, pick([53, 81, 9000, 65535])))
      default: .numbers(first...first)
      }
    return RulePort(
      transport: pick(Transport.allCases), match: match,
      provenance: Provenance(policy: policy, path: path.key("ports").index(0), location: here))
  }

  private mutating func block() -> IPBlock {
    let family = pick(IPFamily.allCases)
    let base =
      oneIn(4)
      ? pick(Builder.nodeAddresses(0).filter { $0.family == family })
      : Builder.address(
        family, node: Int.random(in: 0...1, using: &random),
        host: 10 + Int.random(in: 0...6, using: &random))
    let hostBits = pick([0, 0, 1, 3, 8, 9, 16, family.width])
    let cidr = IPPrefix(base, length: family.width - hostBits)
    let holes = oneIn(6) ? 20 : 2
    let except = several(0...holes) { builder -> IPPrefix in
      let span = min(hostBits, 10)
      let offset = UInt128(Int.random(in: 0..<(1 << span), using: &builder.random))
      let inside = IPAddress(family: family, bits: cidr.base.bits | offset)
      let isNear = builder.oneIn(2)
      return IPPrefix(
        isNear ? base : inside,
        length: family.width - builder.pick([0, 1, 2]))
    }.filter { cidr.strictlyContains($0) }
    return IPBlock(cidr: cidr, except: except)
  }

  private mutating func selector() -> PodSelector {
    PodSelector(namespaces: .labelled(labelSelector()), pods: labelSelector())
  }

  private mutating func labelSelector() -> LabelSelector {
    LabelSelector(
      several(0...2) { builder in
        let key = builder.pick(["app", "tier"])
        let values = builder.pick([["a"], ["b"], ["a", "b"]])
        return builder.pick([
          .in(key: key, values: values), .in(key: key, values: values),
          .notIn(key: key, values: values), .exists(key: key), .doesNotExist(key: key),
        ])
      })
  }
}
