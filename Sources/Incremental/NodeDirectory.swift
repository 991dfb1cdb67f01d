import Kubernetes
import NetSets

/// The nodes of a cluster, and which of them has an address.
struct NodeDirectory {
  private var nodes: [String: Node] = [:]
  private var names: [IPAddress: String] = [:]

  /// - Parameter node: nil when it is gone.
  /// - Returns: whether anything that is asked of it is another now.
  mutating func set(_ node: Node?, named name: String) -> Bool {
    let old = nodes[name]
    for address in old?.addresses ?? [] where names[address] == name { names[address] = nil }
    nodes[name] = node
    for address in node?.addresses ?? [] { names[address] = name }
    return old?.addresses != node?.addresses || old?.podCIDRs != node?.podCIDRs
      || old?.tunnelAddresses != node?.tunnelAddresses
  }

  var all: some Collection<Node> { nodes.values }

  subscript(_ name: String) -> Node? { nodes[name] }

  func name(of address: IPAddress) -> String? { names[address] }
}
