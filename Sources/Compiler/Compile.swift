import Diagnostics
import Kubernetes
import Manifests
import PolicyModel

/// The stages in order: text, objects, policies, graph. A backend lowers the graph.
///
/// Nothing is made of an input with errors: half of the policies is not what anyone meant.
/// - Parameter audit: what puts a policy on trial.
package func compile(
  _ files: [ManifestFile], audit: AuditAnnotation = .standard, for scope: Scope,
  _ diagnostics: inout Diagnostics
) -> Compilation? {
  let input = readInput(files, audit: audit, &diagnostics)
  if let node = scope.node { checkNode(node, in: input.cluster, &diagnostics) }
  if diagnostics.hasErrors { return nil }
  let graph = resolve(input.policies, in: input.cluster, for: scope, &diagnostics)
  return diagnostics.hasErrors ? nil : Compilation(input: input, graph: graph)
}

/// What each stage made.
package struct Compilation: Sendable {
  package let input: Input
  package let graph: PolicyGraph

  package init(input: Input, graph: PolicyGraph) {
    self.input = input
    self.graph = graph
  }
}

extension Cluster {
  /// Every node that is given or that a pod runs on, sorted.
  package var nodeNames: [String] {
    Set(nodes.lazy.map(\.name)).union(pods.lazy.compactMap(\.node)).sorted()
  }
}

/// A node that nothing mentions is a misspelt one: its ruleset would isolate nobody.
private func checkNode(_ node: String, in cluster: Cluster, _ diagnostics: inout Diagnostics) {
  let names = cluster.nodeNames
  if names.contains(node) { return }
  let near = NearMiss.of(node, in: names).map { "did you mean \($0)?" }
  let known = names.isEmpty ? "no pod of the input names its node" : "found \(shortList(names))"
  diagnostics.error(
    .unknownNode, "no Node and no pod of node \"\(node)\"; \(known)", at: nil, hint: near)
}

private func shortList(_ names: [String]) -> String {
  names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
}
