import Kubernetes
import NetSets

/// What the user and the cluster say beside a configuration.
package struct MasqueradeContext: Sendable {
  package var from: [IPPrefix]
  package var skip: [IPPrefix]
  package var to: [IPAddress]
  /// The node that the rules are for.
  package var node: Node?

  package init(
    from: [IPPrefix] = [], skip: [IPPrefix] = [], to: [IPAddress] = [], node: Node? = nil
  ) {
    self.from = from
    self.skip = skip
    self.to = to
    self.node = node
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
}
