import Compiler
import Diagnostics
import Kubernetes
import NetSets
import PolicyModel

/// What rules look at: the input, the graph, and whom every selector of the input matches.
struct LintContext: Sendable {
  let policies: [TierPolicy]
  let cluster: Cluster
  let graph: PolicyGraph
  /// By the position of the endpoint.
  let labels: [Labels]
  /// The policies' positions in the graph; those that select no one have none.
  let positions: [ObjectReference: Int]
  /// Namespaces that some pod or workload of the input is in.
  let populated: Set<String>
  /// Pods and workloads on the host's network, by namespace: no policy reaches them.
  let onHost: [String: [HostMember]]
  /// Of pods and workloads.
  let locations: [ObjectReference: SourceLocation]
  let services: [Service]
  let containerPorts: [ObjectReference: [ContainerPort]]
  let written: WrittenPolicies
  /// What the reader said, as findings, by rule.
  let readerIssues: [String: [Issue]]
  /// Whether pods were read, and nothing was refused for another reason than a rule's own.
  let knowsPods: Bool
  private let members: [PodSelector: [Int]]
  private let matchingNamespaces: [LabelSelector: [String]]

  struct HostMember: Sendable {
    let reference: ObjectReference
    let labels: Labels
  }

  init(
    _ input: LintInput, _ written: WrittenPolicies, _ reader: ReaderIssues,
    _ diagnostics: inout Diagnostics
  ) {
    policies = input.input.policies.sorted { $0.reference < $1.reference }
    cluster = input.input.cluster
    var index = ClusterIndex(cluster, &diagnostics)
    graph = resolve(policies, in: &index, for: Scope(), &diagnostics)
    labels = index.labels
    positions = Dictionary(
      graph.policies.enumerated().map { ($1.reference, $0) },
      uniquingKeysWith: { first, _ in first })
    populated = Set(graph.endpoints.compactMap(\.reference.namespace))
    onHost = Dictionary(grouping: LintContext.hostMembers(cluster)) { $0.reference.namespace ?? "" }
    services = input.input.routing.services
    containerPorts = input.containerPorts
    locations = Dictionary(
      cluster.pods.map { ($0.reference, $0.location) }
        + cluster.workloads.map { ($0.reference, $0.location) },
      uniquingKeysWith: { first, _ in first })
    self.written = written
    readerIssues = reader.byRule
    knowsPods = !graph.endpoints.isEmpty && !reader.hasErrors
    var members: [PodSelector: [Int]] = [:]
    var namespaces: [LabelSelector: [String]] = [:]
    for selector in Set(policies.flatMap(\.selectors)) {
      members[selector] = index.endpoints(matching: selector)
      guard case .labelled(let labels) = selector.namespaces, namespaces[labels] == nil else {
        continue
      }
      namespaces[labels] =
        cluster.namespaces.values.filter { labels.matches($0.labels) }.map(\.name).sorted()
    }
    self.members = members
    matchingNamespaces = namespaces
  }

  private static func hostMembers(_ cluster: Cluster) -> [HostMember] {
    cluster.pods.filter { $0.hostNetwork && !$0.isFinished }
      .map { HostMember(reference: $0.reference, labels: $0.labels) }
      + cluster.workloads.filter(\.hostNetwork)
      .map { HostMember(reference: $0.reference, labels: $0.labels) }
  }

  /// Positions of the endpoints that a selector of some policy matches, ascending.
  func endpoints(_ selector: PodSelector) -> [Int] { members[selector] ?? [] }

  /// Names of the namespaces that a selector of some policy matches, sorted.
  func namespaces(_ match: PodSelector.NamespaceMatch) -> [String] {
    switch match {
    case .named(let name): [name]
    case .labelled(let labels): matchingNamespaces[labels] ?? []
    }
  }

  /// Those on the host's network that a selector would match.
  func hostMembers(_ selector: PodSelector) -> [HostMember] {
    if onHost.isEmpty { return [] }
    return namespaces(selector.namespaces).flatMap { onHost[$0] ?? [] }
      .filter { selector.pods.matches($0.labels) }
  }

  /// The resolved rules of a policy; nil where it selects no one.
  func edges(_ policy: TierPolicy, _ direction: Direction) -> [Edge]? {
    positions[policy.reference].flatMap { graph.policies[$0].edges(direction) }
  }
}

extension TierPolicy {
  /// Its rules with their directions.
  var allRules: [(direction: Direction, rule: PolicyRule)] {
    Direction.allCases.flatMap { direction in
      (rules(direction) ?? []).map { (direction, $0) }
    }
  }

  var selectors: [PodSelector] {
    [subject]
      + allRules.flatMap { $0.rule.peers ?? [] }.compactMap { peer in
        switch peer.match {
        case .pods(let selector): selector
        case .block: nil
        }
      }
  }
}
