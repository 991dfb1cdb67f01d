import Diagnostics
import NetSets
import PolicyModel

/// Finds what the ends of tests stand for. What stands for nothing is an error: a test about it
/// could never fail.
struct EndResolver {
  private let graph: PolicyGraph
  /// By their own names and by those of their workloads.
  private var byName: [String: Set<Int>] = [:]
  private var byNamespace: [String: [Int]] = [:]
  private let onHostNetwork: Set<String>

  /// - Parameter onHostNetwork: the names of pods and workloads that are no endpoints because they
  ///   use the addresses of their nodes.
  init(_ graph: PolicyGraph, onHostNetwork: Set<String>) {
    self.graph = graph
    self.onHostNetwork = onHostNetwork
    for (index, endpoint) in graph.endpoints.enumerated() {
      byName[endpoint.reference.qualifiedName, default: []].insert(index)
      byName[endpoint.workload.qualifiedName, default: []].insert(index)
      byNamespace[endpoint.reference.namespace ?? "", default: []].append(index)
    }
  }

  func resolve(_ ends: [WrittenEnd], _ diagnostics: inout Diagnostics) -> EndSet? {
    var set = EndSet()
    var isComplete = true
    for end in ends {
      switch end.pattern {
      case .internet: set.addInternet()
      case .addresses(let prefix): add(prefix, to: &set)
      case .workloads(let namespace, let name):
        let found = endpoints(namespace, name)
        if found.isEmpty {
          isComplete = false
          complain(end, namespace, name, &diagnostics)
        }
        for index in found { set.add(index, of: graph) }
      }
    }
    return isComplete ? set : nil
  }

  private func add(_ prefix: IPPrefix, to set: inout EndSet) {
    set.add(prefix)
    if prefix.length == prefix.family.width {
      if let index = graph.endpoint(at: prefix.base) { set.add(index, by: prefix.base) }
      return
    }
    for (index, endpoint) in graph.endpoints.enumerated() {
      for address in endpoint.addresses where prefix.contains(address) {
        set.add(index, by: address)
      }
    }
  }

  private func endpoints(_ namespace: String?, _ name: String?) -> [Int] {
    switch (namespace, name) {
    case (nil, nil): Array(graph.endpoints.indices)
    case (let namespace?, nil): byNamespace[namespace] ?? []
    case (let namespace?, let name?): Array(byName["\(namespace)/\(name)"] ?? [])
    case (nil, let name?):
      graph.endpoints.indices.filter { index in
        let endpoint = graph.endpoints[index]
        return endpoint.reference.name == name || endpoint.workload.name == name
      }
    }
  }

  private func complain(
    _ end: WrittenEnd, _ namespace: String?, _ name: String?, _ diagnostics: inout Diagnostics
  ) {
    let message: String
    var hint: String?
    switch (namespace, name) {
    case (nil, nil): message = "the input has no pods and no workloads"
    case (let namespace?, nil):
      message = "no pod or workload in a namespace \(namespace)"
      hint = near(namespace, byNamespace.keys) { "\($0)/*" }
    case (nil, let name?):
      message = "no pod or workload \(name) in any namespace"
      hint = near(name, Set(byName.keys.map { String($0.drop { $0 != "/" }.dropFirst()) })) {
        "*/\($0)"
      }
    case (.some, .some) where onHostNetwork.contains(end.text):
      message = "\(end.text) is on the network of its node, where no policy reaches"
      hint = "write the node's address"
    case (.some, .some):
      message = "no pod or workload \(end.text)"
      hint = near(end.text, byName.keys) { $0 }
    }
    diagnostics.error(.unknownEnd, message, at: end.location, hint: hint)
  }

  private func near(
    _ word: String, _ candidates: some Collection<String>, _ text: (String) -> String
  ) -> String? {
    NearMiss.of(word, in: candidates.sorted()).map { "did you mean \(text($0))?" }
  }
}
