/// For whom the graph is made, and what is enforced beyond the policies.
package struct Scope: Hashable, Sendable {
  /// The node whose pods are local; nil makes every pod local, as on a cluster of one node.
  package var node: String?
  /// `--host-egress enforce`.
  package var policesOwnNode: Bool
  /// `--fail-closed`.
  package var failsClosed: Bool

  package init(node: String? = nil, policesOwnNode: Bool = false, failsClosed: Bool = false) {
    self.node = node
    self.policesOwnNode = policesOwnNode
    self.failsClosed = failsClosed
  }
}
