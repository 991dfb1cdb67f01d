import Diagnostics
import Kubernetes
import PolicyModel

/// Finds the endpoints that a selector matches without asking each: by namespace, and inside it
/// by one label that the selector requires.
struct EndpointIndex {
  private let namespaces: [String: Namespace]
  private var members: [String: Members] = [:]
  private var matchingNamespaces: [LabelSelector: [String]] = [:]

  /// The endpoints of one namespace.
  private struct Members {
    var endpoints: [(index: Int, labels: Labels)] = []
    /// Positions in `endpoints` by label; made when first asked for.
    var byLabel: [Labels.Pair: [Int]]?
  }

  init(namespaces: [String: Namespace]) { self.namespaces = namespaces }

  mutating func add(_ index: Int, namespace: String, labels: Labels) {
    members[namespace, default: Members()].endpoints.append((index, labels))
  }

  /// Indexes of the endpoints that match, ascending.
  mutating func endpoints(matching selector: PodSelector) -> [Int] {
    switch selector.namespaces {
    case .named(let name): return endpoints(in: name, matching: selector.pods).sorted()
    case .labelled(let labels):
      var found: [Int] = []
      for name in namespaces(matching: labels) {
        found += endpoints(in: name, matching: selector.pods)
      }
      return found.sorted()
    }
  }

  private mutating func namespaces(matching selector: LabelSelector) -> [String] {
    if let known = matchingNamespaces[selector] { return known }
    let names = namespaces.values.filter { selector.matches($0.labels) }.map(\.name)
    matchingNamespaces[selector] = names
    return names
  }

  private mutating func endpoints(in namespace: String, matching selector: LabelSelector) -> [Int] {
    guard let all = members[namespace] else { return [] }
    if selector.requirements.isEmpty { return all.endpoints.map(\.index) }
    for requirement in selector.requirements {
      guard case .in(let key, let values) = requirement else { continue }
      let byLabel = labels(of: namespace)
      return values.flatMap { byLabel[Labels.Pair(key: key, value: $0)] ?? [] }
        .map { all.endpoints[$0] }.filter { selector.matches($0.labels) }.map(\.index)
    }
    return all.endpoints.filter { selector.matches($0.labels) }.map(\.index)
  }

  private mutating func labels(of namespace: String) -> [Labels.Pair: [Int]] {
    if let known = members[namespace]?.byLabel { return known }
    var byLabel: [Labels.Pair: [Int]] = [:]
    for (position, endpoint) in (members[namespace]?.endpoints ?? []).enumerated() {
      for pair in endpoint.labels.pairs { byLabel[pair, default: []].append(position) }
    }
    members[namespace]?.byLabel = byLabel
    return byLabel
  }
}
