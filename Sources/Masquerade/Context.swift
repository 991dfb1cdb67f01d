import Kubernetes
import NetSets

/// What the user and the cluster say beside a configuration.
package struct MasqueradeContext: Sendable {
  package var from: [IPPrefix]
  package var skip: [IPPrefix]
  package var to: [IPAddress]
  /// The node that the rules are for.
  package var node: Node?
  /// All that the cluster is known to have.
  package var nodes: [Node]

  package init(
    from: [IPPrefix] = [], skip: [IPPrefix] = [], to: [IPAddress] = [], node: Node? = nil,
    nodes: [Node] = []
  ) {
    self.from = from
    self.skip = skip
    self.to = to
    self.node = node
    self.nodes = nodes
  }

  var skipped: [AddressGroup.Member] {
    skip.map { AddressGroup.Member($0.range, Origin("--masq-skip \($0)")) }
  }

  /// The pods of the node: as the user says, or the node's pod CIDRs.
  var pods: [AddressGroup.Member] {
    if !from.isEmpty {
      return from.map { AddressGroup.Member($0.range, Origin("--masq-from \($0)")) }
    }
    guard let node else { return [] }
    return node.podCIDRs.map {
      AddressGroup.Member($0.range, Origin("Node \(node.name)", node.location))
    }
  }

  /// The pods of all nodes, for translators that know them by the nodes' objects.
  func podsOfNodes(
    _ ranges: (Node) -> [IPPrefix]
  ) throws(MissingFact) -> [AddressGroup.Member] {
    let members = nodes.flatMap { node in
      ranges(node).map {
        AddressGroup.Member($0.range, Origin("Node \(node.name)", node.location))
      }
    }
    guard !members.isEmpty || !skip.isEmpty else {
      throw MissingFact(
        description: "nothing says which addresses pods of other nodes have; give the cluster's "
          + "Node objects by -f, or --masq-skip")
    }
    return members + skipped
  }

  func addressesOfNodes() throws(MissingFact) -> [AddressGroup.Member] {
    let members = nodes.flatMap { node in
      node.addresses.map {
        AddressGroup.Member(AddressRange($0), Origin("Node \(node.name)", node.location))
      }
    }
    guard !members.isEmpty else {
      throw MissingFact(
        description:
          "nothing says which addresses nodes have; give the cluster's Node objects by -f")
    }
    return members
  }
}
